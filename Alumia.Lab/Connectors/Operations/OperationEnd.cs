namespace Alumia.Lab.Connectors;

/// <summary>How a call of an operation came out.</summary>
internal abstract record OperationEnd
{
    private OperationEnd()
    {
    }

    /// <summary>The service's answer, as the model is told it.</summary>
    public sealed record Answered(string Text) : OperationEnd;

    /// <summary>It did not work, and nothing that a person does to the connection would mend it.</summary>
    public sealed record Failed(string Message) : OperationEnd;

    /// <summary>A person must connect, reconnect, or grant more.</summary>
    public sealed record Needs(OperationNeed Need) : OperationEnd;
}
