using System.Net;

namespace Alumia.Lab.Tests.Harness;

/// <summary>The harness does what its users count on.</summary>
public sealed class HarnessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_lab_in_process_listens_on_a_real_port_with_a_folder_of_its_own()
    {
        await using var one = await LabHost.StartAsync();
        await using var two = await LabHost.StartAsync();

        Assert.NotEqual(one.Address, two.Address);
        Assert.NotEqual(one.Folder, two.Folder);
        using var client = one.Client();
        using var answer = await client.GetAsync("/no-such-place/at-all", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_child_that_is_killed_has_ended_and_its_output_is_kept()
    {
        var bash = Parts.Find("bash")!;
        await using var child = await ChildProcess.StartAsync(bash, ["-c", "echo begun; read line"]);
        await Eventually.True(() => child.Output.Contains("begun", StringComparison.Ordinal), "the child has written");

        Assert.False(child.HasExited);
        Assert.Equal(128 + ChildProcess.Kill, await child.EndAsync(ChildProcess.Kill));
        Assert.True(child.HasExited);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ChildProcess.RunAsync(bash, ["-c", "exit 3"]));
    }

    [Fact]
    public async Task What_does_not_come_true_is_told_with_what_was_seen_last()
    {
        var seen = 0;

        var thrown = await Assert.ThrowsAsync<TimeoutException>(() =>
            Eventually.Value(() => ++seen, value => value < 0, "the count is negative", TimeSpan.FromMilliseconds(100)));

        Assert.Contains("the count is negative", thrown.Message, StringComparison.Ordinal);
        Assert.Contains($"last seen: {seen}", thrown.Message, StringComparison.Ordinal);
    }
}
