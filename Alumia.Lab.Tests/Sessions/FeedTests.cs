using Alumia.Lab.Sessions;

namespace Alumia.Lab.Tests.Sessions;

public sealed class FeedTests
{
    [Fact]
    public async Task A_slow_watcher_that_finds_the_last_frames_and_the_end_together_still_gets_to_the_end()
    {
        var feed = new Feed(0);
        using var reader = feed.Open();
        await reader.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(reader.Take()!);

        feed.Publish(new DeltaFrame(new Cursor(1, 1), "trn", 1, false, "a"));
        feed.Complete();

        await reader.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Single(reader.Take()!);
        await reader.WaitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Null(reader.Take());
    }
}
