using System.Text.RegularExpressions;

namespace Alumia.Lab.Offline.Models;

/// <summary>Finds in a plain request which of the offered tools it asks for, in order, by the words of their names and descriptions.</summary>
internal static partial class Requests
{
    /// <summary>How people ask for tools without naming them.</summary>
    private static readonly (string Tool, Regex Asked)[] _phrases =
    [
        ("current_time", Time()), ("wait", Wait()), ("show_table", Table()), ("show_chart", Chart()), ("show_code", Code()), ("show_image", Image()),
        ("search_blocks", SearchBlocks()), ("list_blocks", ListBlocks()), ("read_block", ReadBlock()), ("show_document", Document()), ("message_agent", Message()), ("spawn_agent", Spawn()),
        ("list_agents", ListAgents()), ("check_messages", CheckMessages()), ("run_command", Command()), ("browser_open", Browse()), ("browser_screenshot", Screenshot()), ("web_fetch", Fetch()),
        ("list_files", ListFiles()), ("read_file", ReadFile()), ("write_file", WriteFile()),
    ];

    /// <summary>Words of tools' names that every sentence has.</summary>
    private static readonly HashSet<string> _commonWords = ["get", "list", "show", "set", "make", "create", "run", "message", "messages", "agent", "time", "current", "check", "and", "the", "to", "of", "block", "blocks", "read", "update"];

    /// <summary>Somebody asks for a thing, with a few words on how it is to be, and none yet on what it is about.</summary>
    private const string Verb = @"\b(write|make|create|draw|show|build|prepare|give|put|add|draft|produce)\b(\s+(?!about\b|of\b|on\b|for\b|document\b|report\b|notes?\b|plan\b)[\w#-]+){0,5}?\s+";

    /// <param name="request">What was asked.</param>
    /// <param name="tools">What may be used.</param>
    /// <param name="printed">What the last command of the turn printed, as <see cref="Printed"/> reads it: what "the result" means.</param>
    public static List<PlannedCall> Calls(string request, IReadOnlyList<OfferedTool> tools, string? printed = null)
    {
        if (Scripts.Wanted(request, tools))
            return Scripts.Calls(request, tools, printed);
        return Plan(request, tools, printed);
    }

    internal static List<PlannedCall> Plan(string request, IReadOnlyList<OfferedTool> tools, string? printed)
    {
        var clauses = new List<(string Text, OfferedTool? Tool)>();
        foreach (var clause in Clauses().Split(request).Where(clause => !string.IsNullOrWhiteSpace(clause)))
        {
            var tool = Match(clause, tools);
            if (tool is null && clauses.Count > 0)
                clauses[^1] = (clauses[^1].Text + " and " + clause.Trim(), clauses[^1].Tool); // "about cats and dogs"
            else
                clauses.Add((clause.Trim(), tool));
        }
        return [.. clauses.Where(clause => clause.Tool is not null).Select(clause => new PlannedCall(clause.Tool!.Name, ArgumentFiller.Fill(clause.Tool, Printed.Named(clause.Text, printed))))];
    }

    public static IReadOnlyList<string> WordsOf(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What the request is about: after "about", "on" or "for", else its last words.</summary>
    public static string Topic(string request)
    {
        var match = About().Match(request);
        var topic = (match.Success ? match.Groups[1].Value : string.Join(' ', WordsOf(request).TakeLast(4))).Trim(' ', '.', '!', '?', ',', '"', '“', '”');
        topic = Manner().Replace(topic, "").Trim(' ', ',', '.');
        return topic.Length == 0 ? "this" : topic;
    }

    private static OfferedTool? Match(string clause, IReadOnlyList<OfferedTool> tools)
    {
        var (phrase, place) = _phrases
            .Select(phrase => (Tool: tools.FirstOrDefault(tool => tool.Name == phrase.Tool), Place: phrase.Asked.Match(clause) is { Success: true } match ? match.Index : -1))
            .Where(found => found.Tool is not null && found.Place >= 0)
            .OrderBy(found => found.Place).FirstOrDefault((null, -1));
        var words = Word().Matches(clause.ToLowerInvariant()).Select(match => Stem(match.Value)).ToHashSet();
        var named = tools.Select(tool => (Tool: tool, Score: Score(tool, clause, words))).Where(scored => scored.Score > 0)
            .OrderByDescending(scored => scored.Score).Select(scored => scored.Tool).FirstOrDefault();
        return clause.Contains(named?.Name ?? "\0", StringComparison.OrdinalIgnoreCase) ? named : phrase ?? named;
    }

    /// <summary>The whole name counts most, then words of the name; those of the description only decide between equals.</summary>
    private static int Score(OfferedTool tool, string clause, HashSet<string> words)
    {
        if (clause.Contains(tool.Name, StringComparison.OrdinalIgnoreCase))
            return 1000;
        var inName = Word().Matches(tool.Name.ToLowerInvariant()).Select(match => match.Value).Where(word => !_commonWords.Contains(word)).Count(word => words.Contains(Stem(word)));
        if (inName == 0)
            return 0;
        return (inName * 20) + Math.Min(15, Word().Matches(tool.Description.ToLowerInvariant()).Select(match => Stem(match.Value)).Distinct().Count(words.Contains));
    }

    private static string Stem(string word) => word.Length > 3 && word.EndsWith('s') ? word[..^1] : word;

    [GeneratedRegex(@"\s*(?:;|\n|(?<=[.!?])\s+|,?\s+and\s+then\s+|,?\s+then\s+|,\s+and\s+|\s+and\s+)\s*", RegexOptions.IgnoreCase)]
    private static partial Regex Clauses();

    [GeneratedRegex(@"[a-z0-9]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\b(?:about|on|regarding)\s+(.+)$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex About();

    [GeneratedRegex(@"\b(slowly|at length|please)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Manner();

    [GeneratedRegex(@"\bwhat('s| is)?( the)? (current )?(time|date)\b|\bwhat day\b|\btime is it\b|\bcurrent (time|date)\b|\btoday's date\b|\btell me the time\b", RegexOptions.IgnoreCase)]
    private static partial Regex Time();

    [GeneratedRegex(@"\b(wait|pause|sleep)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Wait();

    [GeneratedRegex(@"\b(write|make|create|draft|prepare|show|update|compose|produce)\b[^.]*?\b(document|doc|report|note|notes|summary|plan|essay|memo|article|page)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Document();

    [GeneratedRegex(Verb + @"(table|spreadsheet)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Table();

    [GeneratedRegex(Verb + @"(chart|graph|plot|histogram)\b|\bplot\b", RegexOptions.IgnoreCase)]
    private static partial Regex Chart();

    [GeneratedRegex(Verb + @"(code|script|program|function|snippet)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Code();

    [GeneratedRegex(Verb + @"(image|picture|drawing|illustration|logo)\b|\b(draw|paint|sketch)\s+(me\s+)?(a|an|the)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Image();

    [GeneratedRegex(@"\b(search|find)\b.*\bblocks?\b|\bsearch the canvas\b", RegexOptions.IgnoreCase)]
    private static partial Regex SearchBlocks();

    [GeneratedRegex(@"\b(list|which|what)\b.*\bblocks\b|\bon (the|this) canvas\?", RegexOptions.IgnoreCase)]
    private static partial Regex ListBlocks();

    [GeneratedRegex(@"\bread\b.*\bblk_", RegexOptions.IgnoreCase)]
    private static partial Regex ReadBlock();

    // A peer is named: "tell a tale" asks nobody.
    [GeneratedRegex(@"\b([Aa]sk|[Tt]ell|[Mm]essage)\s+((the\s+)?agent\s+[\w-]+|[A-Z][\w-]*)")]
    private static partial Regex Message();

    [GeneratedRegex(@"\bspawn\b|\bstart (a|an|another) (new )?agent\b", RegexOptions.IgnoreCase)]
    private static partial Regex Spawn();

    [GeneratedRegex(@"\b(list|which|what) agents\b|\bwho (runs|is running|else is) (here)?\b", RegexOptions.IgnoreCase)]
    private static partial Regex ListAgents();

    [GeneratedRegex(@"\b(check|read|any)( my| the| new)* messages\b", RegexOptions.IgnoreCase)]
    private static partial Regex CheckMessages();

    [GeneratedRegex(@"\b(run|execute)\b[^`]*`|\brun (the )?command\b", RegexOptions.IgnoreCase)]
    private static partial Regex Command();

    [GeneratedRegex(@"\b(open|visit|browse|go to)\b.*https?://|\b(fetch|read|get|show)\b.*https?://.*\bbrowser\b", RegexOptions.IgnoreCase)]
    private static partial Regex Browse();

    [GeneratedRegex(@"\bscreenshot\b", RegexOptions.IgnoreCase)]
    private static partial Regex Screenshot();

    [GeneratedRegex(@"\b(list|show|which|what)\b[^.]*\bfiles\b", RegexOptions.IgnoreCase)]
    private static partial Regex ListFiles();

    [GeneratedRegex(@"\b(read|show|open)\b[^.]*\bfile\b", RegexOptions.IgnoreCase)]
    private static partial Regex ReadFile();

    [GeneratedRegex(@"\b(write|make|create|save|put)\b[^.]*\bfile\b", RegexOptions.IgnoreCase)]
    private static partial Regex WriteFile();

    [GeneratedRegex(@"\b(fetch|read|get|open|visit|summari[sz]e)\b.*https?://", RegexOptions.IgnoreCase)]
    private static partial Regex Fetch();
}
