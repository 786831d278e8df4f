namespace Alumia.Lab.Models;

/// <summary>Which protocol a provider's address speaks.</summary>
public enum ProviderProtocol
{
    /// <summary>OpenAI chat completions.</summary>
    OpenAi,
    /// <summary>Anthropic Messages.</summary>
    Anthropic,
}

/// <summary>Who serves models, where, and how its dialect differs.</summary>
/// <param name="Slug">Its name in model ids, configuration and keys.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Protocol">What its address speaks.</param>
/// <param name="BaseAddress">Ends with a slash; <c>Providers:&lt;slug&gt;:BaseAddress</c> overrides it.</param>
/// <param name="Free">Whether its models cost the lab's users nothing.</param>
/// <param name="Source">The provider's own page about its models.</param>
/// <param name="SourceDate">When that was looked up (ISO 8601 date).</param>
/// <param name="NeedsKey">False for an address of the operator's own, such as Ollama.</param>
/// <param name="MaxTokensField">What the request's limit of output is called there.</param>
/// <param name="AsksForUsage">Whether usage comes only when asked for; where false, asking is an error.</param>
/// <param name="ReturnsReasoning">Whether it wants a tool call's reasoning back with the call's result.</param>
/// <param name="ListsModelsOpenly">Whether its list of models needs no key, so that it tells nothing of one.</param>
public sealed record Provider(
    string Slug,
    string Name,
    ProviderProtocol Protocol,
    Uri BaseAddress,
    bool Free,
    string Source,
    string SourceDate,
    bool NeedsKey = true,
    string MaxTokensField = "max_tokens",
    bool AsksForUsage = true,
    bool ReturnsReasoning = false,
    bool ListsModelsOpenly = false);
