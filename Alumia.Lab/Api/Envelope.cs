using Microsoft.AspNetCore.Http.HttpResults;

namespace Alumia.Lab.Api;

/// <summary>A success: <c>{"success":true,"data":...}</c>.</summary>
public sealed record Envelope<T>(T Data)
{
    public bool Success => true;
}

/// <summary>A page of a list. The cursor of the next one is null at the end.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>What a delete answers.</summary>
public sealed record Gone(string Id);

/// <summary>Makes envelopes.</summary>
public static class Envelope
{
    public static Ok<Envelope<T>> Of<T>(T data) => TypedResults.Ok(new Envelope<T>(data));

    public static Ok<Envelope<Page<T>>> List<T>(IEnumerable<T> items, string? nextCursor = null) => Of(new Page<T>([.. items], nextCursor));
}
