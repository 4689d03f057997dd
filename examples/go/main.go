package main

import (
	cwp "example.com/pulumi-tencentcloud-cwp/sdk/go/tencentcloudcwp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// With a real account, these are the ids of your instances: web.ID().
		hosts := pulumi.Array{pulumi.String("ins-web"), pulumi.String("ins-db")}

		sync, err := cwp.NewMachineSync(ctx, "machines", &cwp.MachineSyncArgs{
			Triggers: hosts,
		}, pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "20m", Update: "20m"}))
		if err != nil {
			return err
		}

		ctx.Export("LatestStartTime", sync.LatestStartTime)
		ctx.Export("LatestEndTime", sync.LatestEndTime)
		return nil
	})
}
