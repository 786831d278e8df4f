using Alumia.Lab.Organizations;

namespace Alumia.Lab.Troubles;

/// <summary>Does one kind of fix, with the rights of the person who pressed its button.</summary>
public interface IFixHandler
{
    string Kind { get; }

    /// <exception cref="Refusal">It may not or cannot be done; the message says why.</exception>
    Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation);
}

/// <summary>What came of a fix: a line to show, and where to go on, if anywhere (a local address).</summary>
public sealed record FixOutcome(string? Message = null, string? GoTo = null);

/// <summary>A kind of trouble, as its room declares it: for the live troubleshooting page and the tests.</summary>
/// <param name="Kind">As in <see cref="Trouble.Kind"/>.</param>
/// <param name="Section">The section of the troubleshooting document it belongs to, or its own title.</param>
/// <param name="FixKinds">Every kind of fix it can offer; a test finds a handler for each.</param>
public sealed record TroubleKind(string Kind, string Section, params string[] FixKinds)
{
    /// <summary>It is about money, so that its card is the yellow one.</summary>
    public bool IsMoney { get; init; }
}
