using System.Net;
using System.Text.Json;

namespace Alumia.Lab.Connectors;

/// <summary>What a probe showed of a credential.</summary>
internal abstract record Probed
{
    private Probed()
    {
    }

    /// <summary>The service takes it, for this account; empty where the service names none.</summary>
    public sealed record Good(string Account) : Probed;

    /// <summary>The service does not take it, in words.</summary>
    public sealed record Bad(string Why) : Probed;

    /// <summary>Nobody knows: the service did not answer as it should.</summary>
    public sealed record Unknown(string Why) : Probed;
}

/// <summary>Makes the cheap call that proves a credential and names the account.</summary>
internal sealed class ConnectorProbing(PatientHttp http)
{
    private const int MostBytes = 256 * 1024;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    /// <summary>The call.</summary>
    public static HttpRequestMessage Request(Connector connector) => new(new HttpMethod(connector.Probe.Method), new Uri(connector.Api, connector.Probe.Path))
    {
        Content = connector.Probe.Method == "POST" ? new StringContent("{}", System.Text.Encoding.UTF8, "application/json") : null,
    };

    public async Task<Probed> ProbeAsync(Connector connector, string token, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(_patience);
        try
        {
            var (response, why) = await http.SendAsync(connector, token, () => Request(connector), patience.Token);
            using (response)
                return response is null ? new Probed.Unknown(why!) : await ReadAsync(connector, response, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Probed.Unknown($"{connector.Name} did not answer within {_patience.TotalSeconds:0} s.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new Probed.Unknown($"{connector.Name} broke off its answer.");
        }
    }

    /// <summary>What an answer to the call shows.</summary>
    internal static async Task<Probed> ReadAsync(Connector connector, HttpResponseMessage response, CancellationToken cancellation)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.Unauthorized:
                return new Probed.Bad($"{connector.Name} does not take it (401).");
            case HttpStatusCode.Forbidden:
                return new Probed.Bad($"{connector.Name} does not let it see the account (403).");
        }
        if (!response.IsSuccessStatusCode)
            return new Probed.Unknown($"{connector.Name} answered {(int)response.StatusCode}.");
        await response.Content.LoadIntoBufferAsync(MostBytes, cancellation);
        try
        {
            using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellation));
            if (connector.Failure is { } failure && json.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(failure.Flag, out var flag) && flag.ValueKind == JsonValueKind.False)
                return new Probed.Bad($"{connector.Name} does not take it: {ProviderWords.Clean(Find(root, failure.Message))}.");
            return new Probed.Good(ProviderWords.Clean(Find(json.RootElement, connector.Probe.Account)));
        }
        catch (JsonException)
        {
            return new Probed.Unknown($"{connector.Name} answered with something else than JSON.");
        }
    }

    private static string Find(JsonElement element, string path)
    {
        foreach (var name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (element.ValueKind == JsonValueKind.Array && int.TryParse(name, System.Globalization.CultureInfo.InvariantCulture, out var index) && index < element.GetArrayLength())
                element = element[index];
            else if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return "";
        }
        return element.ValueKind switch
        {
            JsonValueKind.String => element.GetString()!,
            JsonValueKind.Number => element.GetRawText(),
            _ => "",
        };
    }
}
