using System.Collections.Concurrent;
using System.Globalization;
using Alumia.Lab.Accounts;
using Alumia.Lab.Limits;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Sessions;

/// <summary>
/// The section "429 TOO_MANY_REQUESTS" of the document: a person's messages to agents, by the panel and by every door of the API together. Who is
/// refused is told when the same passes, and the org sees it among its troubles until then.
/// </summary>
public sealed class ChatLimit : IDisposable
{
    internal const string TroubleKind = "too_many_requests";

    private readonly RateLimits _limits;
    private readonly Writer _writer;
    private readonly IUserNames _names;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, ITimer> _open = new();

    public ChatLimit(RateLimits limits, Writer writer, IUserNames names, TimeProvider clock) => (_limits, _writer, _names, _clock) = (limits, writer, names, clock);

    /// <summary>How many messages a minute pass.</summary>
    public int Most => _limits.Of(LimitGroup.Chat);

    /// <summary>Asks for one message; what it says is acted on by the caller.</summary>
    public Task<LimitVerdict> TakeAsync(OrgScope scope) => _limits.TakeAsync(LimitGroup.Chat, RateLimits.User(scope.UserId));

    /// <summary>The message was sent before, and costs nothing.</summary>
    public Task GiveBackAsync(OrgScope scope, LimitVerdict taken) => _limits.GiveBackAsync(LimitGroup.Chat, RateLimits.User(scope.UserId), taken);

    /// <summary>The "no" to a message that is too many, and its trouble, which heals by itself when the next one may pass.</summary>
    public async Task<Refusal> RefuseAsync(OrgScope scope, LimitVerdict verdict)
    {
        var about = $"chat-limit:{scope.UserId}";
        // Once for all that are refused until it passes: a client that goes on asking costs no writing.
        var alarm = _clock.CreateTimer(_ => _ = HealAsync(scope.OrgId, about), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (!_open.TryAdd(about, alarm))
            await alarm.DisposeAsync();
        else
        {
            var name = (await _names.OfAsync([scope.UserId])).GetValueOrDefault(scope.UserId, "Somebody");
            await _writer.Write(tx => TroubleLog.Raise(tx, scope.OrgId, TroubleKind, about, "Too many requests",
                $"{name} sent more than {Most} messages in a minute. What is typed in the lab sends itself as soon as it may; a program waits for Retry-After.",
                [new Evidence("Limit", string.Create(CultureInfo.InvariantCulture, $"{Most} a minute for each person")), new Evidence("The next one passes", "", tx.NowMs + verdict.RetryAfterMs)], []));
            alarm.Change(TimeSpan.FromMilliseconds(verdict.RetryAfterMs), Timeout.InfiniteTimeSpan);
        }
        return Refusal.TooMany($"More than {Most} messages in a minute.", verdict.RetryAfterMs);
    }

    public void Dispose()
    {
        foreach (var alarm in _open.Values)
            alarm.Dispose();
    }

    private async Task HealAsync(string orgId, string about)
    {
        if (_open.TryRemove(about, out var alarm))
            await alarm.DisposeAsync();
        await _writer.Write(tx => TroubleLog.Heal(tx, orgId, about, "The minute has passed"));
    }
}
