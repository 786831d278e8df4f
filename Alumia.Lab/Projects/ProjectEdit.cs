using System.Globalization;

namespace Alumia.Lab.Projects;

/// <summary>What a person may write into a project, and its limits.</summary>
public sealed record ProjectEdit(string Name)
{
    public const int MaxName = 255;
    public const int MaxDescription = 5_000;
    public const int MaxPrompt = 12_000;
    public const int MaxTags = 20;
    public const int MaxTag = 50;

    public string Description { get; init; } = "";

    public string Prompt { get; init; } = "";

    /// <summary>One emoji, or nothing.</summary>
    public string Emoji { get; init; } = "";

    public ProjectVisibility Visibility { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public static ProjectEdit Of(Project project) => new(project.Name)
    {
        Description = project.Description,
        Prompt = project.Prompt,
        Emoji = project.Emoji,
        Visibility = project.Visibility,
        Tags = project.Tags,
    };

    /// <summary>A project's name from the first words of a sentence.</summary>
    public static string NameOf(string sentence)
    {
        const int longest = 60;
        var words = string.Join(' ', sentence.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (words.Length <= longest)
            return words;
        var end = words.LastIndexOf(' ', longest);
        if (end < longest / 2)
            end = char.IsHighSurrogate(words[longest - 1]) ? longest - 1 : longest;
        return words[..end].TrimEnd(',', ';', ':', '.', '-') + "…";
    }

    /// <summary>The same, trimmed, where it keeps the limits.</summary>
    /// <exception cref="Refusal">Invalid: which field, and what is wrong.</exception>
    internal ProjectEdit Checked()
    {
        var name = Name.Trim();
        if (name.Length is 0 or > MaxName)
            throw Refusal.Invalid("name", $"A project's name has 1 to {MaxName} characters.");
        if (Description.Length > MaxDescription)
            throw Refusal.Invalid("description", $"A description has at most {MaxDescription:N0} characters; this one has {Description.Length:N0}.");
        if (Prompt.Length > MaxPrompt)
            throw Refusal.Invalid("prompt", $"A project's prompt has at most {MaxPrompt:N0} characters; this one has {Prompt.Length:N0}.");
        var emoji = Emoji.Trim();
        if (emoji.Length > 16 || new StringInfo(emoji).LengthInTextElements > 1)
            throw Refusal.Invalid("emoji", "One emoji, or none.");
        var tags = Tags.Select(tag => tag.Trim()).Where(tag => tag.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (tags.Count > MaxTags || tags.Any(tag => tag.Length > MaxTag))
            throw Refusal.Invalid("tags", $"At most {MaxTags} tags of at most {MaxTag} characters.");
        return this with { Name = name, Description = Description.Trim(), Emoji = emoji, Tags = tags };
    }
}
