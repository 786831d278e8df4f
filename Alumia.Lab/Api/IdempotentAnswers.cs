using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Api;

/// <summary>A call that its client named by a key of its own.</summary>
internal sealed record IdempotentCall(OrgScope Scope, string Key, string Hash);

/// <summary>What a call was answered.</summary>
internal sealed record KeptAnswer(int Status, string Body);

/// <summary>The answers that are kept for a day. A key is of one person in one org.</summary>
internal sealed class IdempotentAnswers(Writer writer)
{
    private const long KeptMs = 24 * 60 * 60_000;

    /// <summary>A call that began so long ago and left no answer ended with its process.</summary>
    private const long LostMs = 5 * 60_000;

    /// <summary>The kept answer; null where the call is to be done now, and then kept or dropped.</summary>
    /// <exception cref="Refusal">The key was used for another call, or the same call is still under way.</exception>
    public Task<KeptAnswer?> BeginAsync(IdempotentCall call, CancellationToken cancellation) => writer.Write(tx =>
    {
        tx.Run("DELETE FROM idempotent_answer WHERE at_ms < @old", ("@old", tx.NowMs - KeptMs));
        tx.Run($"DELETE FROM idempotent_answer WHERE {Named} AND status IS NULL AND at_ms < @lost", [.. Names(call), ("@lost", tx.NowMs - LostMs)]);
        var isMine = tx.One(
            """
            INSERT INTO idempotent_answer (org_id, user_id, "key", call_hash, body, at_ms) VALUES (@org, @user, @key, @hash, '', @now)
            ON CONFLICT DO NOTHING RETURNING call_hash
            """, row => row.GetString(0), [.. Names(call), ("@hash", call.Hash), ("@now", tx.NowMs)]) is not null;
        if (isMine)
            return null;
        var there = tx.Db.Find<IdempotentAnswer>(call.Scope.OrgId, call.Scope.UserId, call.Key);
        if (there is not null && there.CallHash != call.Hash)
            throw Refusal.Invalid(Idempotency.Header, "This Idempotency-Key was used for another call. Choose a new one for each call.");
        return there?.Status is { } status
            ? new KeptAnswer(status, there.Body)
            : throw Refusal.Conflict("The same call with this Idempotency-Key is still under way. Ask again in a moment.");
    }, cancellation);

    public Task KeepAsync(IdempotentCall call, int status, string body) => writer.Write(tx =>
        tx.Run($"UPDATE idempotent_answer SET status = @status, body = @body WHERE {Named}", [.. Names(call), ("@status", status), ("@body", body)]));

    /// <summary>The call did nothing: its key is free again.</summary>
    public Task DropAsync(IdempotentCall call) => writer.Write(tx => tx.Run($"DELETE FROM idempotent_answer WHERE {Named}", [.. Names(call)]));

    private const string Named = "org_id = @org AND user_id = @user AND \"key\" = @key";

    private static (string, object?)[] Names(IdempotentCall call) => [("@org", call.Scope.OrgId), ("@user", call.Scope.UserId), ("@key", call.Key)];
}
