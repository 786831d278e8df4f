using Orleans.Concurrency;

namespace Alumia.Lab.Connectors;

/// <summary>How a renewal ended.</summary>
[GenerateSerializer]
internal enum RenewalOutcome
{
    /// <summary>A newer credential is stored than the one that was named.</summary>
    Renewed,
    /// <summary>The provider refuses for good: the connection has failed.</summary>
    Refused,
    /// <summary>The provider could not be asked now.</summary>
    Unreachable,
}

/// <summary>How a renewal ended, and why where it did not work. Tokens are not told: they are in the database.</summary>
[GenerateSerializer, Immutable]
internal readonly record struct RenewalAnswer([property: Id(0)] RenewalOutcome Outcome, [property: Id(1)] string Why);

/// <summary>Renews one connection's credential; its key is the connection's id. A grain, so that it happens once at a time over all copies of the lab.</summary>
internal interface IConnectionGrain : IGrainWithStringKey
{
    /// <summary>Makes sure that a newer credential than this version is stored.</summary>
    Task<RenewalAnswer> RenewAsync(long version);
}

/// <summary>Who asks while a renewal is under way gets its answer: providers take a refresh token that is used twice for a theft.</summary>
[Reentrant]
internal sealed class ConnectionGrain(TokenRenewal renewal) : Grain, IConnectionGrain
{
    private Task<RenewalAnswer>? _running;
    private long _version;

    public async Task<RenewalAnswer> RenewAsync(long version)
    {
        while (_running is { IsCompleted: false } other)
        {
            var answer = await other;
            if (_version >= version)
                return answer;
        }
        (_version, _running) = (version, renewal.RunAsync(this.GetPrimaryKeyString(), version));
        return await _running;
    }
}
