using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Alumia.Lab.Agents;
using Alumia.Lab.Chat;
using Alumia.Lab.Organizations;
using Alumia.Lab.Sessions;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Tests.Chat;

/// <summary>A host whose session is a script: what it is told to say, the panel's watch receives.</summary>
internal sealed class CannedHost : IChatHost
{
    private readonly Channel<IReadOnlyList<Frame>> _frames = Channel.CreateUnbounded<IReadOnlyList<Frame>>();

    public List<string> Deeds { get; } = [];

    public Refusal? RefusesToSend { get; set; }

    public EventPage Page { get; set; } = new([], false, Cursor.Start);

    public EventPage Earlier { get; set; } = new([], false, Cursor.Start);

    public List<QueuedMessage> Queue { get; } = [];

    public Session Session { get; } = new()
    {
        Id = "ses_1",
        OrgId = "org",
        ProjectId = "prj",
        AgentId = "agt_ala",
        Label = "Rivers",
        MakerId = "usr_me",
        CreatedAtMs = 1,
    };

    public void Say(params IReadOnlyList<Frame> frames) => _frames.Writer.TryWrite(frames);

    public Task<IReadOnlyList<Session>> SessionsAsync(OrgScope scope, string projectId, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<Session>>([Session]);

    public Task<IReadOnlyList<Agent>> AgentsAsync(OrgScope scope, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<Agent>>(
        [new Agent { Id = "agt_ala", OrgId = "org", Slug = "ala", Name = "Ala", Colour = "#3d4ed8", ModelId = "groq/small", CreatedAtMs = 1 }]);

    public Task<IReadOnlyDictionary<string, string>> PeopleAsync(OrgScope scope, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string> { ["usr_other"] = "Robin" });

    public Task<bool> IsStandInAsync(OrgScope scope, string modelId, CancellationToken cancellation) => Task.FromResult(true);

    public Task<string?> SchemaAsync(OrgScope scope, string tool, CancellationToken cancellation) => Task.FromResult<string?>("""{"type":"object"}""");

    public Task<IReadOnlyList<Trouble>> TroublesAsync(OrgScope scope, string sessionId, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<Trouble>>([]);

    public Task<IReadOnlyList<QueuedMessage>> QueueAsync(OrgScope scope, string sessionId, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<QueuedMessage>>(Queue);

    public Task<EventPage> PageAsync(OrgScope scope, string sessionId, long? before, CancellationToken cancellation) => Task.FromResult(before is null ? Page : Earlier);

    public async IAsyncEnumerable<IReadOnlyList<Frame>> WatchAsync(OrgScope scope, string sessionId, Cursor from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var frames in _frames.Reader.ReadAllAsync(cancellation))
            yield return frames;
    }

    public Task<Session> CreateAsync(OrgScope scope, string projectId, string agentId, string? modelId, CancellationToken cancellation) => Do($"create {agentId} {modelId}", Session);

    public Task ChooseAsync(OrgScope scope, string sessionId, string agentId, string? modelId, CancellationToken cancellation) => Do($"choose {agentId} {modelId}", true);

    public int MessagesAMinute => 60;

    public Task<Sent> SendAsync(OrgScope scope, string sessionId, NewMessage message, CancellationToken cancellation) =>
        RefusesToSend is { } refusal ? Task.FromException<Sent>(refusal) : Do($"send {message.MessageId} {message.Text} {message.Regenerate}", new Sent(SendOutcome.Started, "trn"));

    public Task CancelAsync(OrgScope scope, string sessionId, CancellationToken cancellation) => Do("cancel", true);

    public Task AnswerAsync(OrgScope scope, string sessionId, string callId, ApprovalAnswer answer, string? reason, CancellationToken cancellation) => Do($"answer {callId} {answer} {reason}", true);

    public Task ResumeAsync(OrgScope scope, string sessionId, CancellationToken cancellation) => Do("resume", true);

    public Task UnqueueAsync(OrgScope scope, string sessionId, string messageId, CancellationToken cancellation) => Do($"unqueue {messageId}", true);

    public Task RenameAsync(OrgScope scope, string sessionId, string label, CancellationToken cancellation) => Do($"rename {label}", true);

    public Task DeleteAsync(OrgScope scope, string sessionId, CancellationToken cancellation) => Do("delete", true);

    private Task<T> Do<T>(string deed, T result)
    {
        Deeds.Add(deed);
        return Task.FromResult(result);
    }
}
