using Alumia.Lab.Tests.Harness;

namespace Alumia.Lab.Tests.Mission;

/// <summary>
/// The user's document, section by section and in its order, from outside: each story signs up somebody new, lets the trouble happen by the desk at
/// <c>/offline</c>, and shows that the lab noticed it, explained it and healed it.
/// </summary>
[TestMethodOrderer(typeof(MissionOrder))]
public abstract class MissionStories(Browsers browsers, MissionLab lab) : Story(browsers)
{
    protected override string LabOutput => lab.Output;

    [Fact]
    public async Task Section_1_402_PAYMENT_REQUIRED() => await PaymentRequiredStory.TellAsync(await ArriveAsync("paula"));

    [Fact]
    public async Task Section_2_Connector_auth_failed() => await ConnectorAuthStory.TellAsync(await ArriveAsync("carla"));

    [Fact]
    public async Task Section_3_429_TOO_MANY_REQUESTS() => await TooManyRequestsStory.TellAsync(await ArriveAsync("tomas"));

    [Fact]
    public async Task Section_4_Agent_stuck_on_a_tool() => await StuckToolStory.TellAsync(await ArriveAsync("agnes"));

    [Fact]
    public async Task Section_5_Stripe_checkout_did_not_return_a_balance() => await CheckoutStory.TellAsync(await ArriveAsync("dora"));

    [Fact]
    public async Task Section_6_401_UNAUTHORIZED_on_the_API() => await UnauthorizedStory.TellAsync(await ArriveAsync("ulla"));

    [Fact]
    public async Task Section_7_404_on_a_share_link()
    {
        ExpectError("404");
        await ShareGoneStory.TellAsync(await ArriveAsync("sven"));
    }

    private async Task<Newcomer> ArriveAsync(string name)
    {
        var newcomer = new Newcomer(lab, name, await PageAsync(lab), PageAsync, () => PageAsync(lab));
        await newcomer.SignUpAsync();
        return newcomer;
    }
}

/// <summary>The mission on SQLite with one copy.</summary>
public sealed class MissionOnOneCopy(Browsers browsers, OneCopy lab) : MissionStories(browsers, lab), IClassFixture<OneCopy>;

/// <summary>The mission on PostgreSQL with three copies behind a balancer.</summary>
public sealed class MissionOnThreeCopies(Browsers browsers, ThreeCopies lab) : MissionStories(browsers, lab), IClassFixture<ThreeCopies>;
