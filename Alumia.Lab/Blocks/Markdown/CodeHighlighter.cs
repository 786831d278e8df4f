using System.Collections.Concurrent;
using System.Net;
using System.Text;
using TextMateSharp.Grammars;
using TextMateSharp.Registry;

namespace Alumia.Lab.Blocks.Markdown;

/// <summary>Colours code by TextMate grammars, as spans with a few classes (<c>tok-keyword</c>); the colours themselves are the style sheet's.</summary>
public sealed class CodeHighlighter(TimeProvider clock)
{
    private const int MostCharacters = 50 * 1024;
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(400);

    private static readonly Dictionary<string, string> _aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["c#"] = "csharp",
        ["cs"] = "csharp",
        ["js"] = "javascript",
        ["ts"] = "typescript",
        ["tsx"] = "typescriptreact",
        ["jsx"] = "javascriptreact",
        ["py"] = "python",
        ["rb"] = "ruby",
        ["rs"] = "rust",
        ["golang"] = "go",
        ["sh"] = "shellscript",
        ["bash"] = "shellscript",
        ["shell"] = "shellscript",
        ["zsh"] = "shellscript",
        ["console"] = "shellscript",
        ["yml"] = "yaml",
        ["md"] = "markdown",
        ["ps1"] = "powershell",
        ["c++"] = "cpp",
        ["docker"] = "dockerfile",
        ["patch"] = "diff",
        ["vb"] = "vb",
        ["f#"] = "fsharp",
        ["fs"] = "fsharp",
        ["kt"] = "kotlin",
    };

    /// <summary>Parts of TextMate scopes and their class; the first that fits the innermost scope wins.</summary>
    private static readonly (string Scope, string Class)[] _classes =
    [
        ("comment", "tok-comment"),
        ("punctuation.definition.comment", "tok-comment"),
        ("string", "tok-string"),
        ("punctuation.definition.string", "tok-string"),
        ("constant.character", "tok-constant"),
        ("constant.numeric", "tok-number"),
        ("constant", "tok-constant"),
        ("support.type.property-name", "tok-attribute"),
        ("entity.name.function", "tok-function"),
        ("support.function", "tok-function"),
        ("entity.name.tag", "tok-tag"),
        ("entity.other.attribute-name", "tok-attribute"),
        ("entity.name", "tok-type"),
        ("support.class", "tok-type"),
        ("support.type", "tok-type"),
        ("keyword.operator", ""),
        ("keyword", "tok-keyword"),
        ("storage.type", "tok-keyword"),
        ("storage", "tok-keyword"),
        ("variable.language", "tok-keyword"),
        ("markup.inserted", "tok-inserted"),
        ("markup.deleted", "tok-deleted"),
        ("markup.heading", "tok-keyword"),
        ("meta.diff.header", "tok-comment"),
    ];

    private readonly Lazy<(RegistryOptions Options, Registry Registry)> _registry = new(() =>
    {
        var options = new RegistryOptions(ThemeName.LightPlus);
        return (options, new Registry(options));
    });

    private readonly ConcurrentDictionary<string, IGrammar?> _grammars = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _lock = new();

    /// <summary>The code as safe HTML; uncoloured where the language is unknown, or the code is too long to colour in a moment.</summary>
    public string ToHtml(string code, string language)
    {
        if (language.Length == 0 || code.Length > MostCharacters)
            return WebUtility.HtmlEncode(code);
        // A grammar compiles its rules as it goes: one text at a time.
        lock (_lock)
        {
            return Grammar(language) is { } grammar ? Colour(code, grammar) : WebUtility.HtmlEncode(code);
        }
    }

    /// <summary>The languages that have colours, by their names in editors.</summary>
    public IReadOnlyList<string> Languages => [.. _registry.Value.Options.GetAvailableLanguages().Select(language => language.Id).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>How files in this language end, with the dot; <c>.txt</c> where it is unknown.</summary>
    public string Extension(string language) =>
        Known(_aliases.GetValueOrDefault(language, language))?.Extensions?.FirstOrDefault() is { Length: > 1 } extension ? extension : ".txt";

    private string Colour(string code, IGrammar grammar)
    {
        var html = new StringBuilder(code.Length * 2);
        var began = clock.GetTimestamp();
        IStateStack? state = null;
        var lines = code.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (i > 0)
                html.Append('\n');
            var left = _patience - clock.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                html.Append(WebUtility.HtmlEncode(lines[i]));
                continue;
            }
            var result = grammar.TokenizeLine(lines[i], state, left);
            state = result.RuleStack;
            var at = 0;
            foreach (var token in result.Tokens)
            {
                var (start, end) = (Math.Max(at, Math.Min(token.StartIndex, lines[i].Length)), Math.Min(token.EndIndex, lines[i].Length));
                if (end <= start)
                    continue;
                html.Append(WebUtility.HtmlEncode(lines[i][at..start]));
                Span(html, lines[i][start..end], Class(token.Scopes));
                at = end;
            }
            html.Append(WebUtility.HtmlEncode(lines[i][at..]));
        }
        return html.ToString();
    }

    private static void Span(StringBuilder html, string text, string tokenClass)
    {
        var safe = WebUtility.HtmlEncode(text);
        _ = tokenClass.Length == 0 ? html.Append(safe) : html.Append("<span class=\"").Append(tokenClass).Append("\">").Append(safe).Append("</span>");
    }

    private static string Class(List<string> scopes)
    {
        for (var i = scopes.Count - 1; i > 0; i--)
        {
            foreach (var (scope, tokenClass) in _classes)
            {
                if (scopes[i].StartsWith(scope, StringComparison.Ordinal))
                    return tokenClass;
            }
        }
        return "";
    }

    private IGrammar? Grammar(string language) => _grammars.GetOrAdd(_aliases.GetValueOrDefault(language, language), name =>
    {
        var (options, registry) = _registry.Value;
        return Known(name) is { } known ? registry.LoadGrammar(options.GetScopeByLanguageId(known.Id)) : null;
    });

    private Language? Known(string name) =>
        _registry.Value.Options.GetAvailableLanguages().Find(known => string.Equals(known.Id, name, StringComparison.OrdinalIgnoreCase));
}
