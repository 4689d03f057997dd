"""Runs the Python program in the working folder as Pulumi's host for Python does. The arguments are further folders of modules."""

import asyncio
import os
import runpy
import sys

import pulumi
import pulumi.runtime

sys.path[:0] = [os.getcwd(), *sys.argv[1:]]
pulumi.runtime.configure(
    pulumi.runtime.Settings(
        monitor=os.environ["PULUMI_MONITOR"],
        engine=os.environ["PULUMI_ENGINE"],
        organization=os.environ["PULUMI_ORGANIZATION"],
        project=os.environ["PULUMI_PROJECT"],
        stack=os.environ["PULUMI_STACK"],
        parallel=int(os.environ["PULUMI_PARALLEL"]),
        dry_run=os.environ["PULUMI_DRY_RUN"] == "true",
    )
)
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: runpy.run_path("__main__.py", run_name="__main__")))
