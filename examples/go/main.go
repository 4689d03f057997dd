package main

import (
	cwp "example.com/pulumi-tencentcloud-cwp/sdk/go/tencentcloudcwp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// With a real account, these are the ids of your instances: web.ID().
		hosts := pulumi.ToStringArray([]string{"ins-web", "ins-db"})

		// Done when CWP lists each host.
		sync, err := cwp.NewMachineSync(ctx, "machines", &cwp.MachineSyncArgs{
			Hosts: hosts,
		}, pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "20m", Update: "20m"}))
		if err != nil {
			return err
		}

		ctx.Export("LatestStartTime", sync.LatestStartTime)
		ctx.Export("LatestEndTime", sync.LatestEndTime)

		// CWP's other actions name a host by its quuid.
		ctx.Export("quuids", sync.Machines.ApplyT(func(machines []cwp.Machine) []string {
			quuids := make([]string, len(machines))
			for i, machine := range machines {
				quuids[i] = machine.Quuid
			}
			return quuids
		}))
		return nil
	})
}
