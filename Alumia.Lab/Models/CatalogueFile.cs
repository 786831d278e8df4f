using System.Text.Json;
using System.Text.Json.Serialization;

namespace Alumia.Lab.Models;

/// <summary>The shape of <c>catalogue.json</c>, which is part of the assembly.</summary>
internal sealed record CatalogueFile(string DefaultModel, IReadOnlyList<CatalogueFile.ProviderEntry> Providers)
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public static CatalogueFile Read()
    {
        using var stream = typeof(CatalogueFile).Assembly.GetManifestResourceStream("Alumia.Lab.Models.catalogue.json")
            ?? throw new InvalidOperationException("The model catalogue is not in the assembly.");
        return JsonSerializer.Deserialize<CatalogueFile>(stream, _options)
            ?? throw new InvalidOperationException("The model catalogue is empty.");
    }

    public sealed record ProviderEntry(
        string Slug, string Name, ProviderProtocol Protocol, Uri BaseAddress, bool Free, string Source, string SourceDate,
        IReadOnlyList<ModelEntry> Models, string MaxTokensField = "max_tokens", bool AsksForUsage = true, bool ReturnsReasoning = false, bool ListsModelsOpenly = false)
    {
        public Provider ToProvider() => new(Slug, Name, Protocol, BaseAddress, Free, Source, SourceDate,
            MaxTokensField: MaxTokensField, AsksForUsage: AsksForUsage, ReturnsReasoning: ReturnsReasoning, ListsModelsOpenly: ListsModelsOpenly);
    }

    public sealed record ModelEntry(
        string Id, string Name, int Context, int MaxOutput, long Input, long? CachedInput, long Output, string Source, string SourceDate,
        bool Reasoning = false, IReadOnlyList<string>? Efforts = null, bool ThinkingBudget = false)
    {
        public Model ToModel(string provider) => new($"{provider}/{Id}", provider, Id, Name, Context, MaxOutput, Input, CachedInput, Output,
            Reasoning, Source, SourceDate, Efforts, ThinkingBudget);
    }
}
