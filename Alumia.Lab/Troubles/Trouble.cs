using System.Text.Json;
using Alumia.Lab.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Troubles;

/// <summary>A thing that is wrong, from when to when, why as far as facts tell, and what mends it.</summary>
public sealed class Trouble : IOrgOwned
{
    public required string Id { get; init; }

    public required string OrgId { get; init; }

    /// <summary>Which trouble it is, such as <c>provider_rate_limited</c>; the room that raises it names it.</summary>
    public required string Kind { get; init; }

    /// <summary>What it is about: <c>session:&lt;id&gt;</c>, <c>connection:&lt;id&gt;</c> and so on. One trouble of a kind is open about a thing.</summary>
    public required string About { get; init; }

    /// <summary>The project whose members see it; null where the whole org does.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The session in whose panel its card stands.</summary>
    public string? SessionId { get; init; }

    /// <summary>The user who, beside the org's owners and admins, sees it; null where everybody does who sees its project.</summary>
    public string? OnlyFor { get; init; }

    /// <summary>What is so, as the card's title.</summary>
    public required string Title { get; set; }

    /// <summary>Why, in one sentence.</summary>
    public required string Cause { get; set; }

    public List<Evidence> Evidence { get; set; } = [];

    /// <summary>What mends it, the likeliest first.</summary>
    public List<Fix> Fixes { get; set; } = [];

    public required long SinceMs { get; init; }

    /// <summary>When it was last seen again.</summary>
    public long SeenAtMs { get; set; }

    public long? HealedAtMs { get; set; }

    /// <summary>When it heals by itself, unless it is seen again; null for what only a deed heals.</summary>
    public long? FadesAtMs { get; set; }

    /// <summary>What mended it, in words: "Reconnected", "The provider answered again".</summary>
    public string? HealedBy { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<Trouble>
    {
        public void Configure(EntityTypeBuilder<Trouble> builder)
        {
            builder.Property(trouble => trouble.Evidence).HasConversion(
                list => JsonSerializer.Serialize(list, JsonSerializerOptions.Web),
                text => JsonSerializer.Deserialize<List<Evidence>>(text, JsonSerializerOptions.Web)!);
            builder.Property(trouble => trouble.Fixes).HasConversion(
                list => JsonSerializer.Serialize(list, JsonSerializerOptions.Web),
                text => JsonSerializer.Deserialize<List<Fix>>(text, JsonSerializerOptions.Web)!);
            builder.HasIndex(trouble => new { trouble.OrgId, trouble.HealedAtMs });
            builder.HasIndex(trouble => trouble.FadesAtMs).HasFilter("healed_at_ms IS NULL");
            builder.HasIndex(trouble => new { trouble.OrgId, trouble.Kind, trouble.About }).HasFilter("healed_at_ms IS NULL").IsUnique();
        }
    }
}

/// <summary>A fact that tells the cause: what was seen, and when (UTC ms); <c>Again</c> is the same as it was seen a second time, shown beside it.</summary>
public sealed record Evidence(string Label, string Value, long? AtMs = null, string? Again = null);

/// <summary>A deed that mends a trouble. The room that knows how registers an <see cref="IFixHandler"/> of its kind.</summary>
public sealed record Fix(string Kind, string Label, Dictionary<string, string>? Arguments = null)
{
    /// <summary>What the person is to write before it is done, as the label of a field; the text comes as the argument <c>text</c>. Null for a fix that only needs pressing.</summary>
    public string? Asks { get; init; }

    /// <summary>Where the card posts it, below the org's own address, in a new tab, with its arguments as fields; null for a fix that its handler does.</summary>
    public string? Posts { get; init; }

    /// <summary>The user who alone can do it; null for everybody. The others read <see cref="Otherwise"/> in the button's place.</summary>
    public string? OnlyFor { get; init; }

    public string? Otherwise { get; init; }

    /// <summary>An argument, which the raiser of the trouble must have given.</summary>
    public string this[string name] => Arguments?[name] ?? throw new InvalidOperationException($"The fix {Kind} has no argument {name}.");
}
