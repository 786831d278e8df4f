using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Alumia.Lab.Api;

/// <summary>
/// What a client asks of a list. Lists run from the newest to the oldest by their making, and a cursor is the id of the last one that was read:
/// so no page repeats or leaves out what was there from the beginning, whatever is made, changed or deleted meanwhile.
/// </summary>
public readonly partial record struct PageQuery(
    [property: FromQuery(Name = "cursor"), Description("The nextCursor of the page before."), MaxLength(100)] string? Cursor,
    [property: FromQuery(Name = "limit"), Description("How many, 50 where it is left out."), Range(1, PageQuery.Most)] int? Limit)
{
    public const int Most = 200;
    private const int Usual = 50;

    /// <summary>How many.</summary>
    /// <exception cref="Refusal">More or fewer than a page may have.</exception>
    public int Size() => Limit switch
    {
        null => Usual,
        >= 1 and <= Most => Limit.Value,
        _ => throw Refusal.Invalid("limit", $"A page has 1 to {Most} items."),
    };

    /// <summary>The id after which the page begins; null for the first.</summary>
    /// <exception cref="Refusal">Not of a list.</exception>
    public string? Before() => Cursor is null || Identifier().IsMatch(Cursor) ? Cursor : throw Refusal.Invalid("cursor", "This is no cursor of this list.");

    /// <summary>The page of a list that is at hand whole.</summary>
    public Ok<Envelope<Page<TBody>>> Cut<T, TBody>(IEnumerable<T> all, Func<T, string> id, Func<T, TBody> body)
    {
        var before = Before();
        return Of([.. all.Where(item => before is null || string.CompareOrdinal(id(item), before) < 0).OrderByDescending(id, StringComparer.Ordinal).Take(Size() + 1)], id, body);
    }

    /// <summary>The page, of what was read of it and one more where there is one.</summary>
    public Ok<Envelope<Page<TBody>>> Of<T, TBody>(IReadOnlyList<T> read, Func<T, string> id, Func<T, TBody> body) =>
        Envelope.List(read.Take(Size()).Select(body), read.Count > Size() ? id(read[Size() - 1]) : null);

    [GeneratedRegex("^[a-z]{3}_[0-9a-z]{26}$")]
    private static partial Regex Identifier();
}
