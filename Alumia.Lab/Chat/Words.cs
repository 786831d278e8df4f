using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Chat;

/// <summary>How the panel says things.</summary>
internal static class Words
{
    private const int MostShown = 20_000;
    private static readonly JsonSerializerOptions _pretty = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Say(SessionStatus status) => status.Word().Replace('_', ' ');

    /// <summary>The colour of a status: always beside its word.</summary>
    public static string Light(SessionStatus status) => status switch
    {
        SessionStatus.Active => "active",
        SessionStatus.Failed or SessionStatus.Interrupted => "bad",
        _ when status.IsParked() => "waiting",
        _ => "idle",
    };

    public static string Say(ToolState state) => state switch
    {
        ToolState.Requested => "requested",
        ToolState.Running => "running",
        ToolState.Ok => "done",
        ToolState.Error => "failed",
        ToolState.TimedOut => "timed out",
        ToolState.Cancelled => "cancelled",
        ToolState.Interrupted => "interrupted",
        ToolState.Asking => "asks for approval",
        ToolState.Denied => "denied",
        ToolState.Waiting => "waits for a connection",
        _ => "rejected",
    };

    public static string Say(ApprovalAnswered answered) => answered.Answer switch
    {
        ApprovalAnswer.Approved => "Approved by a person.",
        ApprovalAnswer.ApprovedForSession => "Approved by a person, for this session.",
        _ => $"Denied by a person{(answered.Reason is { Length: > 0 } reason ? $": {reason}" : ".")}",
    };

    public static string Announce(SessionStatus status) => status switch
    {
        SessionStatus.Idle => "Answer complete",
        SessionStatus.Active => "The agent is answering",
        SessionStatus.Cancelled => "Stopped",
        SessionStatus.Failed => "The answer failed",
        SessionStatus.Interrupted => "The answer was interrupted",
        _ => $"The session is waiting: {Say(status)}",
    };

    public static string Duration(long milliseconds) => milliseconds switch
    {
        < 950 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds} ms"),
        < 9_950 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.0} s"),
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000} s"),
        < 3_600_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 60_000} min {milliseconds / 1000 % 60} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 3_600_000} h {milliseconds / 60_000 % 60} min"),
    };

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>JSON on many lines; what is no JSON as it came.</summary>
    public static string Pretty(string json)
    {
        try
        {
            return Cut(JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(json), _pretty));
        }
        catch (JsonException)
        {
            return Cut(json);
        }
    }

    /// <summary>JSON on many lines, all of it: what a person approves.</summary>
    public static string Whole(string json) => JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(json), _pretty);

    /// <summary>What a stop did: what it ended, what it could not undo, and what money came back.</summary>
    public static string Stopped(StopReport? stop)
    {
        var said = "Stopped here.";
        if (stop is null)
            return said;
        if (stop.Stopped.Count > 0)
            said += $" Ended with it: {Counted(stop.Stopped)}.";
        if (stop.NotUndone.Count > 0)
            said += $" Done before, and could not be undone: {Counted(stop.NotUndone)}.";
        if (stop.Released > 0)
            said += $" {Dollars.Text(stop.Released)} that was held came back.";
        return said;
    }

    private static string Counted(IReadOnlyList<string> tools) =>
        string.Join(", ", tools.GroupBy(tool => tool).Select(group => group.Count() == 1 ? group.Key : $"{group.Key} ({group.Count()} times)"));

    /// <summary>The beginning of a long text, and how much more there is.</summary>
    public static string Cut(string text) => text.Length <= MostShown ? text : $"{text[..MostShown]}\n… {Number(text.Length - MostShown)} more characters";
}
