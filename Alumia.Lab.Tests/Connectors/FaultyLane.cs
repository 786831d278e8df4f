using Alumia.Lab.Connectors;
using Alumia.Lab.Offline.OAuth;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Connectors;

/// <summary>One connection whose provider fails at random: what is done to it, and what must be true afterwards.</summary>
internal sealed class FaultyLane(LabHost lab, ConnectingPerson person, string connector, int seed)
{
    private const string OutOfTime = "out of time";

    // The call through the faults is given up soon, since some hang; the one without them has all the time it needs.
    private static readonly TimeSpan _short = TimeSpan.FromSeconds(2), _long = TimeSpan.FromSeconds(30);

    private readonly Random _random = new(seed);
    private string _connectionId = "";
    private string _grantId = "";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private ProviderFaults Faults => Get<ProviderFaults>();

    /// <summary>Every token that the lane has ever had.</summary>
    public HashSet<string> Tokens { get; } = [];

    /// <summary>What happened, for the figures: how each run's call ended.</summary>
    public List<string> Ends { get; } = [];

    /// <summary>How often the connection had to be made anew.</summary>
    public int Reconnected { get; private set; }

    /// <summary>How often each fault happened.</summary>
    public Dictionary<string, int> Happened { get; } = [];

    public async Task ConnectAsync()
    {
        var line = await person.ConnectAsync(connector, _connectionId.Length > 0 ? _connectionId : null);
        Assert.Equal(ConnectionStatus.Connected, line.Status);
        _connectionId = line.Id;
        _grantId = await GrantAsync();
        Faults.Next(ProviderFaults.Api, [], _grantId); // From now on its calls are told by grant.
    }

    /// <summary>Faults, a call through them, and the same call without them.</summary>
    public async Task RunAsync(int run)
    {
        var before = Get<OAuthCalls>().Of(_grantId).Count;
        await AgeAsync();
        var asked = Enumerable.Range(0, _random.Next(1, 4)).Select(_ => (Place: _random.Next(2) == 0 ? ProviderFaults.Token : ProviderFaults.Api, Fault: ProviderFaults.All[_random.Next(ProviderFaults.All.Count)])).ToList();
        foreach (var (place, fault) in asked)
            Faults.Next(place, [fault], _grantId);

        Ends.Add(await CallAsync(_short));
        Faults.Forget(_grantId);
        var calls = Get<OAuthCalls>().Of(_grantId).Skip(before).ToList();
        foreach (var call in calls.Where(call => ProviderFaults.All.Contains(call.Outcome)))
            Happened[call.Outcome] = Happened.GetValueOrDefault(call.Outcome) + 1;
        await CheckAsync($"lane {seed}, run {run}: {string.Join(", ", asked)}\n{Ends[^1]}\n{string.Join('\n', calls)}", IsOver(calls));
    }

    /// <summary>The provider said that the grant is over, or its service refused a token that was new.</summary>
    private static bool IsOver(List<OAuthCall> calls)
    {
        var renewed = calls.Select((call, at) => (call, at)).Where(pair => pair.call is { Place: ProviderFaults.Token, Outcome: "200" }).Select(pair => pair.at).DefaultIfEmpty(int.MaxValue).First();
        return calls.Any(call => call is { Place: ProviderFaults.Token, Outcome: ProviderFaults.InvalidGrant })
            || calls.Skip(renewed == int.MaxValue ? calls.Count : renewed).Any(call => call is { Place: ProviderFaults.Api, Outcome: ProviderFaults.InvalidGrant or "401" });
    }

    private async Task CheckAsync(string story, bool isOver)
    {
        var held = await ReadAsync();
        Remember(held);
        // Who hangs up in the moment of a service's last "no" has not heard it.
        if (Ends[^1] == OutOfTime && isOver && held.Status == ConnectionStatus.Connected && !story.Contains($"{ProviderFaults.Token}, What = refresh_token, Outcome = {ProviderFaults.InvalidGrant}", StringComparison.Ordinal))
            isOver = false;
        Assert.True(held.Status == (isOver ? ConnectionStatus.AuthFailed : ConnectionStatus.Connected), $"{held.Status}: {held.Failure} {held.LastError}\n{story}");
        if (isOver)
        {
            Assert.True(held.Failure.Length > 0, story);
            Reconnected++;
            await ConnectAsync();
        }
        // No refresh token was lost: the one that is kept is exchanged, and what comes of it works.
        await Get<OAuthGrants>().ExpireAccessAsync(_grantId, Ended);
        var end = await CallAsync(_long);
        held = await ReadAsync();
        Remember(held);
        Assert.True((end, held.Status) == ("200", ConnectionStatus.Connected), $"{end}, {held.Status}: {held.Failure} {held.LastError}\n{story}");
        Assert.Equal(GrantView.Good, (await Get<OAuthGrants>().ListAsync(10_000, Ended)).Single(grant => grant.Id == _grantId).State);
    }

    /// <summary>The access token is good, is known to have expired, or was expired by the provider alone.</summary>
    private async Task AgeAsync()
    {
        switch (_random.Next(3))
        {
            case 1:
                await Get<Writer>().Write(tx => ConnectionBook.Find(tx, _connectionId)!.ExpiresAtMs = tx.NowMs - 1, Ended);
                await Get<OAuthGrants>().ExpireAccessAsync(_grantId, Ended);
                break;
            case 2:
                await Get<OAuthGrants>().ExpireAccessAsync(_grantId, Ended);
                break;
        }
    }

    private async Task<string> CallAsync(TimeSpan patience)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        limit.CancelAfter(patience);
        try
        {
            var setup = Get<ConnectorSetups>().Find(connector)!;
            switch (await Get<ConnectionAccess>().SendAsync(_connectionId, () => ConnectorProbing.Request(setup.Connector), limit.Token))
            {
                case Access.Answered answered:
                    using (answered.Response)
                        return $"{(int)answered.Response.StatusCode}";
                case Access.Refused:
                    return "refused";
                default:
                    return "unreachable";
            }
        }
        catch (OperationCanceledException) when (!Ended.IsCancellationRequested)
        {
            // The caller's time was over; a renewal that is under way ends by itself, and who asks for an old one waits for it.
            await Get<IGrainFactory>().GetGrain<IConnectionGrain>(_connectionId).RenewAsync(-1);
            return OutOfTime;
        }
    }

    private async Task<string> GrantAsync()
    {
        await using var services = lab.Services.CreateAsyncScope();
        return (await services.ServiceProvider.GetRequiredService<OAuthTokens>().GrantIdAsync(Get<ConnectionVault>().Open(await ReadAsync())!.Refresh!))!;
    }

    private async Task<Connection> ReadAsync()
    {
        await using var db = Get<IDbContextFactory<LabDbContext>>().CreateDbContext();
        return await db.Set<Connection>().SingleAsync(row => row.Id == _connectionId, Ended);
    }

    private void Remember(Connection held)
    {
        var credential = Get<ConnectionVault>().Open(held)!;
        Tokens.UnionWith([credential.Token, credential.Refresh!]);
    }

    private T Get<T>() where T : notnull => lab.Services.GetRequiredService<T>();
}
