using System.Text;

namespace Alumia.Lab.Organizations;

/// <summary>An org's name in addresses: 2 to 40 lower-case letters, digits and dashes, and no first segment of the lab's own.</summary>
public static class Slugs
{
    public const int MaxLength = 40;

    // The lab runs without a culture's data, so Unicode's decomposition is not at hand.
    private const string Accented = "àáâãäåāăąçćčďđèéêëēęěğìíîïīıłñńňòóôõöøőřśšşťùúûüūůűýÿźžż";
    private const string Plain = "aaaaaaaaacccddeeeeeeegiiiiiilnnnooooooorssstuuuuuuuyyzzz";

    /// <summary>Refuses what cannot be a slug.</summary>
    public static string Check(string slug)
    {
        if (slug.Length is < 2 or > MaxLength || !slug.All(IsAllowed) || slug[0] == '-' || slug[^1] == '-')
            throw Refusal.Invalid("slug", "An address has 2 to 40 lower-case letters, digits and dashes, and begins and ends with no dash.");
        if (ReservedSlugs.Contain(slug))
            throw Refusal.Invalid("slug", $"The address \"{slug}\" is the lab's own. Choose another one.");
        return slug;
    }

    /// <summary>A slug made of a name; empty where the name has nothing to make it of.</summary>
    public static string Suggest(string name)
    {
        var slug = new StringBuilder();
        foreach (var letter in name.ToLowerInvariant())
        {
            var at = Accented.IndexOf(letter, StringComparison.Ordinal);
            var c = at < 0 ? letter : Plain[at];
            if (IsAllowed(c) && c != '-')
                slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
        }
        if (slug.Length > MaxLength)
            slug.Length = MaxLength;
        return slug.ToString().Trim('-');
    }

    private static bool IsAllowed(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-';
}
