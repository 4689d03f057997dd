import pulumi
import pulumi_tencentcloud_cwp as cwp

# With a real account, these are the ids of your instances: web.id.
hosts = ["ins-web", "ins-db"]

# Done when CWP lists each host.
sync = cwp.MachineSync(
    "machines",
    hosts=hosts,
    opts=pulumi.ResourceOptions(
        custom_timeouts=pulumi.CustomTimeouts(create="20m", update="20m"),
    ),
)

pulumi.export("LatestStartTime", sync.latest_start_time)
pulumi.export("LatestEndTime", sync.latest_end_time)

# CWP's other actions name a host by its quuid.
pulumi.export(
    "quuids",
    sync.machines.apply(lambda machines: [machine.quuid for machine in machines]),
)
