using Alumia.Lab.Sessions;

namespace Alumia.Lab.OpenAi;

/// <summary>An agent's turn that gives no answer, in OpenAI's words. None of them is to be tried again by the client: the turn is there, and would be a second one.</summary>
internal static class AgentFaults
{
    public static OpenAiFault Of(TurnFailed failed) => new(failed.Code switch
    {
        "provider" => StatusCodes.Status502BadGateway,
        "interrupted" => StatusCodes.Status503ServiceUnavailable,
        "cancelled" => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status500InternalServerError,
    }, failed.Code, failed.Message)
    { MayRetry = false };

    public static OpenAiFault Of(StatusChanged parked) => new(parked.To switch
    {
        SessionStatus.AwaitingFunds or SessionStatus.PaymentRequired or SessionStatus.LimitReached => StatusCodes.Status402PaymentRequired,
        SessionStatus.AwaitingProvider => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status409Conflict,
    }, parked.To.Word(), $"The agent waits{(parked.Why is { Length: > 0 } why ? $": {why.TrimEnd('.')}" : "")}. Its session in the lab shows for what, and it goes on there.")
    { MayRetry = false };
}
