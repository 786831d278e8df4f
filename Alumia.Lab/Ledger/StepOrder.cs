namespace Alumia.Lab.Ledger;

/// <summary>Who pays the provider for a step.</summary>
public enum StepSource
{
    /// <summary>The platform's key: drawn from the org's balance.</summary>
    Platform,
    /// <summary>The org's own key: draws nothing here.</summary>
    Byok,
    /// <summary>A provider that is free here.</summary>
    Free,
}

/// <summary>Why a step stopped.</summary>
public enum StepStop
{
    /// <summary>The model had said all.</summary>
    Finished,
    /// <summary>It asked for tools.</summary>
    ToolCalls,
    /// <summary>The longest answer that the model gives.</summary>
    Length,
    /// <summary>The provider's filter ended it.</summary>
    ContentFilter,
    /// <summary>A person cancelled it.</summary>
    Cancelled,
    /// <summary>The hold could not grow.</summary>
    OutOfFunds,
    /// <summary>A spend limit was reached.</summary>
    LimitReached,
    /// <summary>The provider broke it off.</summary>
    ProviderFailed,
    /// <summary>The lab stopped while it ran.</summary>
    Interrupted,
    /// <summary>It never ran: nothing was used.</summary>
    Released,
    Other,
}

/// <summary>A step of a turn that is to run: whose, on what model, and who pays.</summary>
/// <param name="OrgId">The org that pays.</param>
/// <param name="SessionId">Null for a call without a session, as the OpenAI door has them.</param>
/// <param name="AgentId">Null where no agent is.</param>
/// <param name="ProjectId">Null where no project is.</param>
/// <param name="StepId">Unique for ever, and sorted by time: <c>Id.New("stp", ...)</c>.</param>
/// <param name="TurnId">Null where no turn is.</param>
/// <param name="ModelId">Of the catalogue, <c>provider/model</c>.</param>
/// <param name="Provider">The provider's slug.</param>
/// <param name="Price">What the model costs now; the step keeps it.</param>
/// <param name="Source">Who pays the provider.</param>
public sealed record StepOrder(
    string OrgId, string? SessionId, string? AgentId, string? ProjectId, string StepId, string? TurnId, string ModelId, string Provider, ModelPrice Price, StepSource Source);

/// <summary>Whether a step may run, or go on.</summary>
public enum HoldOutcome
{
    /// <summary>Money is held for it.</summary>
    Held,
    /// <summary>The balance is under one cent, or the org owes something.</summary>
    PaymentRequired,
    /// <summary>Other steps hold the money; what they do not use comes back.</summary>
    AwaitingFunds,
}

/// <summary>What became of asking for money.</summary>
/// <param name="Outcome">Whether the step may run.</param>
/// <param name="Held">What is held for this step now, microcents.</param>
/// <param name="OutputCovered">How many tokens of output that pays for, beside the input: ask for more before the stream has passed them.</param>
/// <param name="Wallet">What the org has beside it, microcents.</param>
/// <param name="OthersHeld">What the org's other steps hold, microcents.</param>
/// <param name="Owed">What the org owes, microcents.</param>
public readonly record struct HoldResult(HoldOutcome Outcome, long Held, long OutputCovered, long Wallet, long OthersHeld, long Owed);
