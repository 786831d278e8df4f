using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Alumia.Lab.Offline.Models;

/// <summary>"Write a script about something and run it": a file, a command, and what else was asked for.</summary>
internal static partial class Scripts
{
    private const string Name = "script.sh";

    public static bool Wanted(string request, IReadOnlyList<OfferedTool> tools) =>
        Asked().IsMatch(request) && tools.Any(tool => tool.Name == "write_file") && tools.Any(tool => tool.Name == "run_command");

    public static List<PlannedCall> Calls(string request, IReadOnlyList<OfferedTool> tools, string? printed)
    {
        var asked = Asked().Match(request);
        var topic = asked.Groups["topic"].Value.Trim();
        var rest = request[(asked.Index + asked.Length)..].TrimStart(' ', ',', '.', ';');
        rest = Then().Replace(rest, "");
        return
        [
            new("write_file", new JsonObject { ["path"] = Name, ["content"] = Samples.Script(topic) }.ToJsonString()),
            new("run_command", new JsonObject { ["command"] = $"sh {Name}" }.ToJsonString()),
            .. rest.Length == 0 ? [] : Requests.Plan(rest, tools, printed),
        ];
    }

    [GeneratedRegex(@"\b(?:write|make|create)\s+(?:me\s+)?(?:a|the|some)\s+(?:\w+\s+){0,2}?(?:script|program)\b(?<topic>[^.;]*?)[,.;]?\s*(?:\band\b|\bthen\b|\band then\b)?\s*\b(?:run|execute|start)\s+(?:it|this|that|the script|the program)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();

    [GeneratedRegex(@"^(?:and\s+then|then|and)\s+", RegexOptions.IgnoreCase)]
    private static partial Regex Then();
}
