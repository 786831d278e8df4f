using Alumia.Lab.Chat;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Alumia.Lab.Tests.Chat;

public sealed class TooManyCardTests : BunitContext
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeMilliseconds(1_795_000_000_000));
    private int _sent;
    private int _over;

    public TooManyCardTests() => Services.AddSingleton<TimeProvider>(_clock);

    [Fact]
    public void It_counts_down_and_sends_once_when_the_time_has_come()
    {
        var card = Show();
        Assert.Equal("12 s", card.Find("[role=timer]").TextContent);
        Pass(5_000);
        card.WaitForAssertion(() => Assert.Equal("7 s", card.Find("[role=timer]").TextContent), TimeSpan.FromSeconds(30));
        Pass(6_250);
        card.WaitForAssertion(() => Assert.Equal("1 s", card.Find("[role=timer]").TextContent), TimeSpan.FromSeconds(30));
        Assert.Equal((0, 0), (_sent, _over));
        Pass(250);
        card.WaitForAssertion(() => Assert.Equal((1, 1), (_sent, _over)), TimeSpan.FromSeconds(30));
        Pass(2_000);
        Assert.Equal((1, 1), (_sent, _over));
    }

    [Fact]
    public async Task Who_does_not_want_it_sent_any_more_ends_the_waiting()
    {
        var card = Show();
        card.Find("button").Click();
        Assert.Equal((0, 1), (_sent, _over));
        await DisposeComponentsAsync();
        Pass(20_000);
        Assert.Equal(0, _sent);
    }

    private void Pass(int ms)
    {
        for (var passed = 0; passed < ms; passed += 250)
            _clock.Advance(TimeSpan.FromMilliseconds(250));
    }

    private IRenderedComponent<TooManyCard> Show() => Render<TooManyCard>(parameters => parameters
        .Add(card => card.Wait, new LimitWait(60, _clock.GetUtcNow().ToUnixTimeMilliseconds() + 11_500, () =>
        {
            _sent++;
            return Task.CompletedTask;
        }))
        .Add(card => card.Over, () => _over++));
}
