namespace Alumia.Lab.AiSdk;

/// <summary>The parts of the UI message stream that the lab sends.</summary>
internal enum UiPartKind
{
    Start,
    StartStep,
    TextStart,
    TextDelta,
    TextEnd,
    ReasoningStart,
    ReasoningDelta,
    ReasoningEnd,
    ToolInputStart,
    ToolInputDelta,
    ToolInputAvailable,
    ToolInputError,
    ToolPartial,
    ToolOutput,
    ToolOutputError,
    ToolApprovalRequest,
    ToolOutputDenied,
    FinishStep,
    Status,
    Cut,
    Error,
    Abort,
    Finish,
}

/// <summary>One part of the stream.</summary>
/// <param name="Kind">Which.</param>
/// <param name="After">The client's place once it has this; null where it adds nothing that is to be kept.</param>
/// <param name="Id">The id of the message, of the text or reasoning, or of the tool's call; of a status its word; of an error its code.</param>
/// <param name="Text">The delta, the tool's arguments, output or error; why the status is so; the error's message; the reason of the end.</param>
/// <param name="Name">The tool; of a cut the step.</param>
/// <param name="Number">Of a cut how many characters of the step are left.</param>
internal readonly record struct UiPart(UiPartKind Kind, Place? After, string Id = "", string Text = "", string Name = "", int Number = 0)
{
    /// <summary>What a malformed call was wrong about; its arguments, as received, are the text.</summary>
    public string Fault { get; init; } = "";
}
