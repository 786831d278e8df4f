using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;

namespace Alumia.Lab.Tests.Sandbox;

/// <summary>A lab that is killed takes its commands with it.</summary>
public sealed class KilledLabTests
{
    [Fact]
    public async Task No_command_outlives_the_lab_that_began_it()
    {
        Namespaces.Need();
        await using var lab = await LabProcess.StartAsync(isDriven: true);
        var session = await DrivenSession.NewAsync(lab);
        var mark = $"5{Random.Shared.Next(1_000_000, 9_999_999)}.125";
        await session.SendAsync("msg_1", $$"""[[tool run_command {"command":"trap '' TERM HUP INT; (setsid sleep {{mark}} &); sleep {{mark}}"}]]""");
        await Eventually.True(() => HostProcesses.Running("sleep", mark) == 2, "both sleep");

        await lab.KillAsync();

        await Eventually.True(() => HostProcesses.With(mark) == 0, "nothing of the command is left");
        Assert.Contains(await session.EventsAsync(), each => each.Data is ToolStarted { Tool: "run_command" });
    }
}
