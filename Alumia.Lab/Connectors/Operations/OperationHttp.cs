using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Alumia.Lab.Connectors;

/// <summary>Makes the HTTP request of an operation from a call's checked arguments; the credential is put on later.</summary>
internal static class OperationHttp
{
    /// <exception cref="Refusal">An argument cannot be sent so.</exception>
    public static HttpRequestMessage Make(Connector connector, Operation operation, JsonElement arguments)
    {
        var asked = operation.Request;
        var address = new Uri(connector.Api, OperationTemplate.Path(asked.Path, arguments) + OperationTemplate.Query(asked.Query, arguments));
        if (!address.AbsoluteUri.StartsWith(connector.Api.AbsoluteUri, StringComparison.Ordinal))
            throw new Refusal(RefusalKind.Invalid, $"The arguments lead to {address.Host}{address.AbsolutePath}, which is not {connector.Name}'s.");
        var request = new HttpRequestMessage(new HttpMethod(asked.Method), address);
        if (Body(asked, arguments) is { } body)
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" });
        foreach (var (name, value) in connector.Headers.Where(header => !asked.Headers.Keys.Contains(header.Key, StringComparer.OrdinalIgnoreCase)).Concat(asked.Headers))
            request.Headers.TryAddWithoutValidation(name, value);
        if (request.Headers.Accept.Count == 0)
            request.Headers.Accept.ParseAdd("application/json");
        return request;
    }

    private static string? Body(OperationRequest asked, JsonElement arguments) => asked switch
    {
        { Encoding: "mail" } => OperationMail.Write(arguments),
        { Body: { } template } => OperationTemplate.Body(template, arguments).ToJsonString(),
        _ => null,
    };
}
