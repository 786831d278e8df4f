using System.Net;

namespace Alumia.Lab.Tests.Harness;

public sealed class LabProcessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lab_that_was_killed_starts_again_on_the_same_data_and_ends_in_order()
    {
        await using var lab = await LabProcess.StartAsync();
        var (process, folder) = (lab.ProcessId, lab.Folder);

        await lab.KillAsync();
        using (var gone = lab.Client())
            await Assert.ThrowsAsync<HttpRequestException>(() => gone.GetAsync("/", Cancellation));
        await lab.RestartAsync();

        Assert.NotEqual(process, lab.ProcessId);
        Assert.Equal(folder, lab.Folder);
        using var client = lab.Client();
        using var answer = await client.GetAsync("/no-such-place/at-all", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(0, await lab.StopAsync());
    }

    [Fact]
    public async Task A_lab_that_cannot_start_says_why()
    {
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            LabProcess.StartAsync(new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = "not an address" }));

        Assert.Contains("before it listened", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("not an address", thrown.Message, StringComparison.Ordinal);
    }
}
