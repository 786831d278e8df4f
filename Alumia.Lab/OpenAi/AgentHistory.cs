using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.OpenAi;

/// <summary>
/// A request to an agent, taken apart: what was said before, and what is said now. Clients of this protocol send the whole history and no name
/// of it, so the session that goes on is known by a hash of the history up to its last answer.
/// </summary>
internal sealed class AgentHistory
{
    private const string Prefix = "openai:";

    private readonly string _owner;
    private readonly IReadOnlyList<RequestMessage> _messages;
    private readonly int _lastAnswer;

    /// <param name="owner">Whose conversation with whom: sessions of others are never gone on with.</param>
    /// <param name="messages">As the client sent them.</param>
    /// <exception cref="OpenAiFault">Nothing is said now.</exception>
    public AgentHistory(string owner, IReadOnlyList<RequestMessage> messages)
    {
        (_owner, _messages) = (owner, messages);
        _lastAnswer = messages.Count - 1;
        while (_lastAnswer >= 0 && messages[_lastAnswer].Role != "assistant")
            _lastAnswer--;
        Text = Join(messages.Skip(_lastAnswer + 1));
        if (messages[^1].Role != "user" || Text.Length == 0)
            throw OpenAiFault.BadRequest("messages", "The last message to an agent is the user's.");
    }

    /// <summary>What the agent is told now: the client's system messages that are new, then the user's.</summary>
    public string Text { get; }

    /// <summary>The name of the session in which this history was held; null where nothing was answered yet.</summary>
    public string? Name => _lastAnswer < 0 ? null : NameOf(_messages.Take(_lastAnswer + 1), null);

    /// <summary>The name of the session once this answer has been given.</summary>
    public string NameAfter(string answer) => NameOf(_messages, answer);

    /// <summary>What was said before, for a session that knows nothing of it.</summary>
    public IReadOnlyList<EarlierTurn> Earlier()
    {
        var turns = new List<EarlierTurn>();
        var said = new List<RequestMessage>();
        foreach (var message in _messages.Take(_lastAnswer + 1))
        {
            if (message.Role != "assistant")
                said.Add(message);
            else if (said.Count > 0 || turns.Count == 0)
                turns.Add(new EarlierTurn($"openai-{turns.Count + 1}", Take(said), message.Text));
            else
                turns[^1] = turns[^1] with { Answer = $"{turns[^1].Answer}\n\n{message.Text}" };
        }
        return turns;
    }

    private static string Take(List<RequestMessage> said)
    {
        var text = Join(said);
        said.Clear();
        return text;
    }

    /// <summary>An agent's tools are its own: results of a client's are no part of what it is told.</summary>
    private static string Join(IEnumerable<RequestMessage> messages) =>
        string.Join("\n\n", messages.Where(message => message.Role is "system" or "developer" or "user").Select(message => message.Text).Where(text => text.Length > 0));

    private string NameOf(IEnumerable<RequestMessage> messages, string? answer)
    {
        var said = messages.SelectMany(message => (string[])[message.Role ?? "", message.Text]).Prepend(_owner);
        if (answer is not null)
            said = said.Concat(["assistant", answer]);
        return Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(said))));
    }
}
