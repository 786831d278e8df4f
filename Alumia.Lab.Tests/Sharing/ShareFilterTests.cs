using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Alumia.Lab.Sessions;
using Alumia.Lab.Sharing;

namespace Alumia.Lab.Tests.Sharing;

/// <summary>What is let through of each kind of event.</summary>
public sealed class ShareFilterTests
{
    private const string Secret = "CANARY";

    /// <summary>What says nothing by itself: ids within the session, words of the lab, and names that the canvas shows.</summary>
    private static readonly string[] _plain = ["MessageId", "CallId", "Tool", "BlockId", "Reason", "FinishReason", "SessionId", "Name"];

    [Fact]
    public void Of_no_kind_of_event_a_text_gets_through_that_is_not_shared()
    {
        var kinds = typeof(SessionEventData).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(kind => kind.DerivedType).ToList();
        Assert.True(kinds.Count >= 19);
        var filter = new ShareFilter(SharedParts.None, new HashSet<string>(), new Dictionary<string, string>());
        foreach (var kind in kinds)
        {
            var page = filter.Of(new EventPage([new SessionEvent(7, "trn_1", 1, (SessionEventData)Make(kind)!)], false, new Cursor(7, 0)));
            var told = JsonSerializer.Serialize(page, JsonSerializerOptions.Web);
            Assert.False(told.Contains(Secret, StringComparison.Ordinal), $"{kind.Name}: {told}");
            Assert.Equal(7, page.Events[0].Sequence);
        }
    }

    [Fact]
    public void With_all_parts_a_connectors_call_tells_its_name_and_state_and_nothing_else()
    {
        var filter = new ShareFilter(SharedParts.All, new HashSet<string> { "current_time" }, new Dictionary<string, string>());
        SessionEventData[] call =
        [
            new ToolRequested(0, "call_1", "gmail.search", Secret, Secret), new ToolStarted("call_1", "gmail.search"), new ToolOutputWritten("call_1", Secret),
            new ToolFinished("call_1", "gmail.search", ToolEnding.Ok, Secret, 12), new ToolRejected("call_2", "gmail.send", Secret, Secret, Secret, Secret, 1),
            // Output of a call that was never asked for here, and an own tool's id in another turn.
            new ToolOutputWritten("call_9", Secret), new ReasoningWritten(0, Secret),
        ];
        var told = JsonSerializer.Serialize(filter.Of(PageOf("trn_1", call)), SerializerOptions());
        Assert.DoesNotContain(Secret, told, StringComparison.Ordinal);
        Assert.Contains("gmail.search", told, StringComparison.Ordinal);

        var own = filter.Of(PageOf("trn_2", [new ToolRequested(0, "call_1", "current_time", "{\"zone\":\"UTC\"}"), new ToolOutputWritten("call_1", "now")]));
        Assert.Equal(["{\"zone\":\"UTC\"}", "now"], [((ToolRequested)own.Events[0].Data).Arguments, ((ToolOutputWritten)own.Events[1].Data).Text]);
        // The same id in the turn before was a connector's, and still is.
        Assert.Equal("", ((ToolOutputWritten)filter.Of(PageOf("trn_1", [new ToolOutputWritten("call_1", Secret)])).Events[0].Data).Text);
    }

    [Fact]
    public void What_is_withheld_of_a_stream_keeps_its_length_so_that_cursors_hold()
    {
        var filter = new ShareFilter(SharedParts.Messages, new HashSet<string>(), new Dictionary<string, string>());
        Frame[] frames = [new DeltaFrame(new Cursor(3, 6), "trn_1", 0, true, Secret), new DeltaFrame(new Cursor(3, 10), "trn_1", 0, false, "text"), new CutFrame(new Cursor(3, 8))];
        var seen = filter.Of(frames);
        Assert.Equal([new string(' ', 6), "text"], seen.OfType<DeltaFrame>().Select(delta => delta.Text));
        Assert.Equal(frames.Select(frame => frame.After), seen.Select(frame => frame.After));
    }

    private static EventPage PageOf(string turn, SessionEventData[] events) =>
        new([.. events.Select((data, index) => new SessionEvent(index + 1, turn, 1, data))], false, new Cursor(events.Length, 0));

    private static JsonSerializerOptions SerializerOptions() => JsonSerializerOptions.Web;

    /// <summary>A value of a type with the secret in every text that could hold one.</summary>
    private static object? Make(Type type, string? name = null)
    {
        if (type == typeof(string))
            return _plain.Contains(name) ? "plain" : Secret;
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Make(inner);
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(0);
        if (type.IsPrimitive)
            return Convert.ChangeType(1, type, System.Globalization.CultureInfo.InvariantCulture);
        if (type.IsAssignableTo(typeof(System.Collections.IEnumerable)))
            return type.GetGenericArguments() is [var item] && item == typeof(string) ? new[] { Secret } : null;
        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.Instance).OrderByDescending(found => found.GetParameters().Length).First();
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter => Make(parameter.ParameterType, parameter.Name))]);
    }
}
