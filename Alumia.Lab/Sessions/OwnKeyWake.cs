using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Models;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Sessions;

/// <summary>
/// A turn whose provider refused the org's own key: it waits for another key of that provider, or for another provider's model, and is not paid
/// from the balance meanwhile.
/// </summary>
internal sealed class OwnKeyWake(IDbContextFactory<LabDbContext> contexts, ModelCatalogue catalogue, OwnKeys keys) : IWakeChecker
{
    private const string Waits = "provider_key";

    public string Kind => Waits;

    /// <summary>Parks the turn, with its card.</summary>
    public static Task ParkAsync(EventLog log, TurnIdentity who, RefusedKey key, ProviderException exception, Action<Tx> release) => log.AppendAsync(tx =>
    {
        release(tx); // Held before the key came, perhaps.
        Waker.Park(tx, new WakeCondition
        {
            SessionId = who.SessionId,
            OrgId = who.OrgId,
            TurnId = who.TurnId,
            Kind = Waits,
            Key = string.Join(' ', OwnKeys.Key(who.OrgId, key.Provider), AgentDirectory.Key(who.AgentId), Conversations.Key(who.SessionId)),
            Arguments = JsonSerializer.Serialize(new Refused(key.Id, key.Provider), JsonSerializerOptions.Web),
        });
        return [SessionTroubles.RaiseKeyRefused(tx, who, key, exception)];
    }, SessionStatus.AwaitingProvider, exception.Message);

    /// <summary>Another key is there than the refused one. That none is there any more is no reason to go on: the next step would be paid from the balance.</summary>
    public async Task<bool> IsTrueAsync(WakeCondition condition, CancellationToken cancellation)
    {
        var refused = JsonSerializer.Deserialize<Refused>(condition.Arguments, JsonSerializerOptions.Web)!;
        if (await keys.FindAsync(condition.OrgId, refused.Provider, cancellation) is { } key && key.Id != refused.Key)
            return true;
        await using var db = contexts.CreateDbContext();
        var model = await ChosenModel.OfAsync(db, condition, cancellation);
        return model is not null && catalogue.Find(model)?.Provider is { } provider && provider != refused.Provider;
    }

    private sealed record Refused(string Key, string Provider);
}
