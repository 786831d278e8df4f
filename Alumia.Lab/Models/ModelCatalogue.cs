namespace Alumia.Lab.Models;

/// <summary>All providers and models that the lab knows: the catalogue file, and what the operator adds as <c>Models:Custom</c>.</summary>
public sealed class ModelCatalogue
{
    private readonly Dictionary<string, Model> _models;
    private readonly Dictionary<string, Provider> _providers;

    public ModelCatalogue(IConfiguration configuration)
    {
        var file = CatalogueFile.Read();
        var custom = configuration.GetSection("Models:Custom").Get<CustomProvider[]>() ?? [];
        Providers = [.. file.Providers.Select(entry => entry.ToProvider()), .. custom.Select(entry => entry.ToProvider())];
        Models = [.. file.Providers.SelectMany(entry => entry.Models.Select(model => model.ToModel(entry.Slug))), .. custom.SelectMany(entry => entry.ToModels())];
        _providers = Providers.ToDictionary(provider => provider.Slug);
        _models = Models.ToDictionary(model => model.Id);
        DefaultModelId = file.DefaultModel;
    }

    public IReadOnlyList<Provider> Providers { get; }

    public IReadOnlyList<Model> Models { get; }

    /// <summary>The free model that Ala starts on.</summary>
    public string DefaultModelId { get; }

    /// <summary>The model of this id, or null.</summary>
    public Model? Find(string id) => _models.GetValueOrDefault(id);

    /// <summary>The provider of this slug, or null.</summary>
    public Provider? FindProvider(string slug) => _providers.GetValueOrDefault(slug);

    public Provider ProviderOf(Model model) => _providers[model.Provider];

    /// <summary>An entry of <c>Models:Custom</c>: any address that speaks OpenAI chat completions, such as Ollama. Free, and no key needed.</summary>
    private sealed class CustomProvider
    {
        public string Slug { get; set; } = "";

        public string? Name { get; set; }

        public string BaseAddress { get; set; } = "";

        public CustomModel[] Models { get; set; } = [];

        public Provider ToProvider()
        {
            if (Slug.Length == 0 || !Uri.TryCreate(BaseAddress.TrimEnd('/') + "/", UriKind.Absolute, out var address))
                throw new InvalidOperationException("Each entry of Models:Custom needs a slug and a baseAddress such as http://localhost:11434/v1.");
            return new(Slug, Name ?? Slug, ProviderProtocol.OpenAi, address, Free: true, Source: BaseAddress, SourceDate: "", NeedsKey: false);
        }

        public IEnumerable<Model> ToModels() => Models.Select(model => new Model(
            $"{Slug}/{model.Id}", Slug, model.Id, model.Name ?? model.Id, model.Context, model.MaxOutput, 0, null, 0, model.Reasoning, BaseAddress, ""));
    }

    private sealed class CustomModel
    {
        public string Id { get; set; } = "";

        public string? Name { get; set; }

        public int Context { get; set; } = 32_768;

        public int MaxOutput { get; set; } = 8_192;

        public bool Reasoning { get; set; }
    }
}
