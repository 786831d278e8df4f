using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.AiSdk;

/// <summary>Takes a client's answers to calls that ask for approval: they wake the turn that waits, and what follows it is the stream.</summary>
internal sealed class ApprovalDoor(Conversations conversations)
{
    /// <summary>Stores the answers, and gives the turn from where it waited for them. Answers that it has already are sent again for nothing.</summary>
    /// <exception cref="Refusal">No such call asks (404), or it was answered otherwise (409).</exception>
    public async Task<ChatTurn> AnswerAsync(OrgScope scope, Session session, IReadOnlyList<ChatPart> answers, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        var turn = (await conversations.LastTurnsAsync(scope, [session.Id], cancellation)).GetValueOrDefault(session.Id)?.Events ?? [];
        var given = turn.Select(each => each.Data).OfType<ApprovalAnswered>().ToDictionary(answered => answered.CallId);
        foreach (var part in answers)
        {
            var answer = part.Approval!.Approved!.Value ? ApprovalAnswer.Approved : ApprovalAnswer.Denied;
            if (!given.TryGetValue(part.ToolCallId!, out var before) || (before.Answer == ApprovalAnswer.Denied) != (answer == ApprovalAnswer.Denied))
                await conversations.AnswerAsync(scope, session.Id, part.ToolCallId!, answer, part.Approval.Reason, cancellation);
        }
        var asked = answers.Select(part => part.ToolCallId!).ToHashSet();
        var first = turn.FirstOrDefault(each => each.Data is ApprovalAnswered answered && asked.Contains(answered.CallId))?.Sequence ?? turn[^1].Sequence + 1;
        var from = new Place(first - 1, 0);
        return new ChatTurn(session, new UiParts(session.Id, turn[0].TurnId, null, from), new Cursor(turn[0].Sequence - 1, 0));
    }
}
