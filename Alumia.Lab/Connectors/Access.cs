namespace Alumia.Lab.Connectors;

/// <summary>What came of a call with a connection's credential.</summary>
public abstract record Access
{
    private Access()
    {
    }

    /// <summary>The service answered, with whatever status but a refusal of the credential. The caller disposes it.</summary>
    public sealed record Answered(HttpResponseMessage Response) : Access;

    /// <summary>The credential is refused and the connection has failed: only its owner can mend that. In words for people and models.</summary>
    public sealed record Refused(string Reason) : Access;

    /// <summary>The service or its provider could not be reached; the connection is as it was.</summary>
    public sealed record Unreachable(string Why) : Access;
}
