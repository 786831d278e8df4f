using Alumia.Lab.Organizations;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Mcp;

/// <summary>A server that somebody wants to add, checked as far as that goes without asking it.</summary>
internal sealed record McpWish(string Name, string Slug, string Address, McpSecret Secret)
{
    /// <exception cref="Refusal">Invalid: the field, and what is wrong with it.</exception>
    public static McpWish Read(string name, string address, string? key, int mostOfName, int mostOfAddress, int mostOfKey)
    {
        name = name.Trim();
        if (name.Length == 0 || name.Length > mostOfName || name.Any(char.IsControl))
            throw Refusal.Invalid("name", $"A name has 1 to {mostOfName} characters, in one line.");
        var slug = Slugs.Suggest(name);
        slug = slug[..Math.Min(slug.Length, McpNames.MostOfSlug)].Trim('-');
        if (slug.Length < 2)
            throw Refusal.Invalid("name", "A name needs at least two letters or digits of a to z, for the names of its tools.");
        if (address.Length > mostOfAddress)
            throw Refusal.Invalid("address", $"An address has at most {mostOfAddress} characters.");
        var parsed = WebAddress.Parse(address, out var wrong) ?? throw Refusal.Invalid("address", wrong);
        return new McpWish(name, slug, parsed.GetLeftPart(UriPartial.Path), new McpSecret(Checked(key, mostOfKey), parsed.Query.Length > 1 ? parsed.Query : null));
    }

    private static string? Checked(string? key, int most)
    {
        key = key?.Trim() ?? "";
        if (key.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            key = key["Bearer ".Length..].Trim();
        if (key.Length == 0)
            return null;
        if (key.Length > most)
            throw Refusal.Invalid("key", $"A key has at most {most} characters.");
        return key.All(letter => letter is > ' ' and <= '~') ? key : throw Refusal.Invalid("key", "A key has no spaces and no letters beyond ASCII.");
    }
}
