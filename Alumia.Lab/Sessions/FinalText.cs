using Alumia.Lab.Storage;

namespace Alumia.Lab.Sessions;

/// <summary>What a turn said last.</summary>
internal static class FinalText
{
    /// <summary>The text after the turn's last tool call, as the transaction sees it.</summary>
    public static string Of(Tx tx, string sessionId, string turnId)
    {
        var first = tx.One("SELECT first_sequence FROM turn WHERE id = @turn", static row => row.GetInt64(0), ("turn", turnId));
        var events = SessionRows.Events(tx, sessionId, first - 1);
        var after = events.FindLastIndex(each => each.Data is ToolFinished or ToolRejected);
        return string.Concat(events.Skip(after + 1).Where(each => each.TurnId == turnId).Select(each => each.Data).OfType<TextWritten>().Select(text => text.Text)).Trim();
    }
}
