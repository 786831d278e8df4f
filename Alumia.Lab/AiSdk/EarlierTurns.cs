using System.Text;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.AiSdk;

/// <summary>What was said before the message that is sent, as turns: a message of the user and all text that answered it.</summary>
internal static class EarlierTurns
{
    /// <summary>No model's context holds more.</summary>
    private const int Most = 500;

    public static IReadOnlyList<EarlierTurn> Of(IReadOnlyList<ChatMessage?> messages, int end)
    {
        var turns = new List<EarlierTurn>();
        var known = new HashSet<string> { messages[end]!.Id ?? "" };
        var answer = new StringBuilder();
        ChatMessage? asked = null;
        for (var i = 0; i < end; i++)
        {
            if (messages[i]?.Role == "user")
            {
                Add();
                asked = messages[i];
            }
            else if (messages[i]?.Role == "assistant" && asked is not null)
            {
                answer.Append(answer.Length > 0 ? "\n\n" : "").Append(messages[i]!.Text());
            }
        }
        Add();
        return turns.Count > Most ? turns[^Most..] : turns;

        void Add()
        {
            // Databases keep no NUL, and each id begins one turn.
            var id = asked?.Id is { Length: > 0 and <= 255 } its && !its.Contains('\0', StringComparison.Ordinal) ? its : $"earlier-{turns.Count + 1}";
            if (asked?.Text() is { } text && !string.IsNullOrWhiteSpace(text) && known.Add(id))
                turns.Add(new EarlierTurn(id, text, answer.ToString()));
            answer.Clear();
        }
    }
}
