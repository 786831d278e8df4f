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
public sealed class ChatLimit(RateLimits limits, Writer writer, IUserNames names, TimeProvider clock)
{
    internal const string TroubleKind = "too_many_requests";

    /// <summary>Until when (UTC ms) a person's trouble is told already: a client that goes on asking costs no writing.</summary>
    private readonly ConcurrentDictionary<string, long> _told = new();

    /// <summary>How many messages a minute pass.</summary>
    public int Most => limits.Of(LimitGroup.Chat);

    /// <summary>Asks for one message; what it says is acted on by the caller.</summary>
    public Task<LimitVerdict> TakeAsync(OrgScope scope) => limits.TakeAsync(LimitGroup.Chat, RateLimits.User(scope.UserId));

    /// <summary>The message was sent before, and costs nothing.</summary>
    public Task GiveBackAsync(OrgScope scope, LimitVerdict taken) => limits.GiveBackAsync(LimitGroup.Chat, RateLimits.User(scope.UserId), taken);

    /// <summary>The "no" to a message that is too many; its trouble heals by itself when the next one may pass.</summary>
    public async Task<Refusal> RefuseAsync(OrgScope scope, LimitVerdict verdict)
    {
        var (about, passesAtMs) = ($"chat-limit:{scope.UserId}", clock.NowMs() + verdict.RetryAfterMs);
        if (_told.GetValueOrDefault(about) <= clock.NowMs())
        {
            _told[about] = passesAtMs;
            var name = (await names.OfAsync([scope.UserId])).GetValueOrDefault(scope.UserId, "Somebody");
            await writer.Write(tx => TroubleLog.Raise(tx, scope.OrgId, TroubleKind, about, "Too many requests",
                $"{name} sent more than {Most} messages in a minute. What is written in the lab sends itself as soon as it may; a program waits for Retry-After.",
                [new Evidence("Limit", string.Create(CultureInfo.InvariantCulture, $"{Most} a minute for each person")), new Evidence("The next one passes", "", passesAtMs)],
                [], fadesAtMs: passesAtMs));
        }
        return Refusal.TooMany($"More than {Most} messages in a minute.", verdict.RetryAfterMs);
    }
}
