using System.Text.Json;

namespace Alumia.Lab.Tests.AiSdk;

/// <summary>
/// The keys of each chunk that the lab sends, as the strict schema of the first version of the protocol has them: later versions let others
/// pass, earlier clients throw. A question mark stands before what may be left out.
/// </summary>
internal static class ChunkKeys
{
    private static readonly Dictionary<string, string> _keys = new()
    {
        ["start"] = "type messageId messageMetadata",
        ["start-step"] = "type",
        ["finish-step"] = "type",
        ["text-start"] = "type id",
        ["text-delta"] = "type id delta",
        ["text-end"] = "type id",
        ["reasoning-start"] = "type id",
        ["reasoning-delta"] = "type id delta",
        ["reasoning-end"] = "type id",
        ["tool-input-start"] = "type toolCallId toolName providerExecuted dynamic",
        ["tool-input-delta"] = "type toolCallId inputTextDelta",
        ["tool-input-available"] = "type toolCallId toolName input providerExecuted dynamic",
        ["tool-input-error"] = "type toolCallId toolName input errorText providerExecuted dynamic",
        ["tool-output-available"] = "type toolCallId output ?preliminary providerExecuted dynamic",
        ["tool-output-error"] = "type toolCallId errorText providerExecuted dynamic",
        ["tool-approval-request"] = "type approvalId toolCallId",
        ["tool-output-denied"] = "type toolCallId",
        ["data-status"] = "type id data",
        ["data-cut"] = "type data transient",
        ["error"] = "type errorText",
        ["abort"] = "type",
        ["finish"] = "type finishReason",
    };

    public static void AssertExact(JsonElement chunk)
    {
        var type = chunk.GetProperty("type").GetString()!;
        Assert.True(_keys.TryGetValue(type, out var keys), $"{type} is no part that the lab sends");
        var all = keys.Split(' ');
        var sent = chunk.EnumerateObject().Select(property => property.Name).ToList();
        Assert.Equal(all.Where(key => key[0] != '?' || sent.Contains(key[1..])).Select(key => key.TrimStart('?')), sent);
    }
}
