using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Alumia.Lab.Api;

/// <summary>What a call may send: a body that says its length or comes in chunks, and no character that cannot be stored.</summary>
internal sealed class ApiBody(RequestDelegate next)
{
    /// <summary>The largest JSON body, in bytes, unless an endpoint says otherwise by its own <see cref="IRequestSizeLimitMetadata"/>.</summary>
    public const int MostBytes = 128 * 1024;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) is true)
            throw Refusal.Invalid("query", "The address holds a character that cannot be stored: NUL.");
        // HTTP/2 needs no length to know where a body ends.
        var saysNoLength = request.ContentLength is null && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody is false && HttpProtocol.IsHttp11(request.Protocol);
        return saysNoLength && context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is { IsOptional: false }
            ? ApiErrors.OfStatus(StatusCodes.Status411LengthRequired).ExecuteAsync(context)
            : next(context);
    }
}

/// <summary>Refuses a text with NUL, which one of the databases cannot store.</summary>
internal sealed class StorableText : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException();
        var text = reader.GetString()!;
        return text.Contains('\0', StringComparison.Ordinal) ? throw new JsonException("A text holds a character that cannot be stored: NUL.") : text;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
