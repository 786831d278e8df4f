using Alumia.Lab.Organizations;

namespace Alumia.Lab.Sessions;

/// <summary>A session that waits: on what in words, since when (UTC ms), and the call that it waits in, if it is a call.</summary>
public sealed record SessionWait(Session Session, string On, long SinceMs, ToolPart? Call);

/// <summary>Every session that a person may see and that waits for something: a tool, an approval, a peer, money, a connection, its provider.</summary>
public sealed class SessionWaits
{
    private const int Most = 200;
    private readonly SessionDirectory _directory;

    internal SessionWaits(SessionDirectory directory) => _directory = directory;

    /// <summary>The change key of an org's waits.</summary>
    public static string Key(string orgId) => $"waits:{orgId}";

    /// <summary>Those that wait now, the longest first.</summary>
    public async Task<IReadOnlyList<SessionWait>> ListAsync(OrgScope scope, CancellationToken cancellation)
    {
        var sessions = await _directory.LiveAsync(scope, Most, cancellation);
        var turns = await _directory.LastTurnsAsync(scope, [.. sessions.Select(session => session.Id)], cancellation);
        return [.. sessions.Select(session => Of(session, turns.GetValueOrDefault(session.Id))).OfType<SessionWait>().OrderBy(wait => wait.SinceMs)];
    }

    private static SessionWait? Of(Session session, EventPage? page)
    {
        if (page is null)
            return null;
        var transcript = new Transcript();
        transcript.Prepend(page);
        var calls = transcript.Turns.SelectMany(turn => turn.Steps).SelectMany(step => step.Parts).OfType<ToolPart>().ToList();
        if (session.Status == SessionStatus.Active)
            return calls.FindLast(call => call.State == ToolState.Running) is { } running ? new SessionWait(session, $"The tool {running.Tool} runs.", running.StartedAtMs, running) : null;
        var since = page.Events.LastOrDefault(each => each.Data is StatusChanged)?.AtMs ?? session.UpdatedAtMs;
        var why = transcript.Status?.Why is { Length: > 0 } said ? said : OnWhat(session.Status);
        return new SessionWait(session, why, since, calls.Find(call => call.State is ToolState.Asking or ToolState.Waiting));
    }

    private static string OnWhat(SessionStatus status) => status switch
    {
        SessionStatus.AwaitingPeer => "It waits for another agent.",
        SessionStatus.AwaitingApproval => "It waits for an approval.",
        SessionStatus.AwaitingConnector => "It waits for a connection.",
        SessionStatus.AwaitingProvider => "It waits for its provider.",
        SessionStatus.AwaitingFunds => "It waits for money that other steps hold.",
        SessionStatus.PaymentRequired => "It waits for funds.",
        _ => "A spend limit is reached.",
    };
}
