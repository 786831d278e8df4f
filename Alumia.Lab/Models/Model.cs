namespace Alumia.Lab.Models;

/// <summary>One model of one provider. Prices are microcents (a millionth of a dollar) per million tokens; zero where the provider is free here.</summary>
/// <param name="Id">The provider's slug, a slash, and the provider's own id.</param>
/// <param name="Provider">The provider's slug.</param>
/// <param name="ProviderModelId">What the provider calls it.</param>
/// <param name="Name">What people call it.</param>
/// <param name="ContextTokens">Input and output together.</param>
/// <param name="MaxOutputTokens">The longest answer.</param>
/// <param name="InputMicrocentsPerMillion">The price of input.</param>
/// <param name="CachedInputMicrocentsPerMillion">Null where cached input costs what input costs.</param>
/// <param name="OutputMicrocentsPerMillion">The price of output, reasoning included.</param>
/// <param name="Reasoning">Whether it thinks before it answers.</param>
/// <param name="Source">The page the figures were taken from.</param>
/// <param name="SourceDate">When they were taken (ISO 8601 date).</param>
/// <param name="Efforts">The reasoning efforts it can be asked for, least first; null where none can.</param>
/// <param name="ThinkingBudget">Whether reasoning is asked for as a budget of tokens (Anthropic's older way).</param>
public sealed record Model(
    string Id,
    string Provider,
    string ProviderModelId,
    string Name,
    int ContextTokens,
    int MaxOutputTokens,
    long InputMicrocentsPerMillion,
    long? CachedInputMicrocentsPerMillion,
    long OutputMicrocentsPerMillion,
    bool Reasoning,
    string Source,
    string SourceDate,
    IReadOnlyList<string>? Efforts = null,
    bool ThinkingBudget = false)
{
    /// <summary>Whether using it costs nothing here.</summary>
    public bool IsFree => InputMicrocentsPerMillion == 0 && OutputMicrocentsPerMillion == 0;
}
