using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Alumia.Lab.AiSdk;

/// <summary>The body of <c>POST /chat</c>: what the AI SDK's own transport sends, and the lab's additions. Only the messages are required.</summary>
/// <param name="Messages">The last one of the user is what is sent; those before it matter to a new session alone.</param>
/// <param name="Id">The client's own name of the conversation.</param>
/// <param name="SessionId">The lab's id of it, or that name.</param>
/// <param name="Trigger"><c>submit-message</c> or <c>regenerate-message</c>.</param>
/// <param name="AgentId">An agent's id or slug; Ala without it.</param>
/// <param name="Model">A model of the catalogue; the agent's own without it.</param>
/// <param name="ProjectId">Where a new session is made; the org's project "API" without it.</param>
public sealed record ChatRequest(IReadOnlyList<ChatMessage?>? Messages, string? Id = null, string? SessionId = null,
    [property: AllowedValues("submit-message", "regenerate-message")] string? Trigger = null, string? AgentId = null, string? Model = null, string? ProjectId = null)
{
    /// <summary>What the client's person answered to calls that ask: then the last message is the assistant's, and begins no turn.</summary>
    internal IReadOnlyList<ChatPart> Answers() =>
        Messages is [.., { Role: "assistant", Parts: { } parts }] ? [.. parts.OfType<ChatPart>().Where(part => part is { State: "approval-responded", ToolCallId: not null, Approval.Approved: not null })] : [];

    [JsonIgnore]
    public bool IsRegenerate => Trigger == "regenerate-message";
}

/// <summary>A message: its text is that of its text parts, or its content.</summary>
public sealed record ChatMessage(
    string? Id = null, [property: AllowedValues("user", "assistant", "system")] string? Role = null, IReadOnlyList<ChatPart?>? Parts = null, string? Content = null)
{
    /// <summary>All text, joined.</summary>
    public string Text() => Parts is null ? Content ?? "" : string.Concat(Parts.Select(part => part?.Type == "text" ? part.Text : ""));
}

/// <summary>A part of a message: a text, or a tool's call to which the client's person has answered. What other parts hold is not read.</summary>
public sealed record ChatPart([property: AllowedValues("text", "dynamic-tool")] string? Type, string? Text = null, string? State = null, string? ToolCallId = null, ChatApproval? Approval = null);

/// <summary>A person's answer to a call that asked, as the AI SDK writes it.</summary>
public sealed record ChatApproval(string? Id = null, bool? Approved = null, string? Reason = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ChatRequest))]
internal sealed partial class ChatJson : JsonSerializerContext;
