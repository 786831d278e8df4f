using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace Alumia.Lab.Api;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>: made of the endpoints, with what holds for all of them.</summary>
internal static class ApiDocument
{
    private static readonly int[] _errors = [400, 401, 403, 404, 409, 411, 413, 415, 422, 500];

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = call => $"/{call.RelativePath}".StartsWith(ApiModule.Prefix + "/", StringComparison.Ordinal);
        options.AddDocumentTransformer((document, _, _) => Task.FromResult(Introduce(document)));
        options.AddOperationTransformer(AddErrorsAsync);
        options.AddSchemaTransformer((schema, context, _) => Task.FromResult(Describe(schema, context)));
    });

    private static OpenApiDocument Introduce(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Alumia Lab",
            Version = "v1",
            Description = $"Every call needs both headers: `Authorization: Bearer <key>` and `{ApiAccess.OrgHeader}: <orgSlug>`. Instants are UTC milliseconds. "
                + $"A POST with an `{Idempotency.Header}` is done once in a day.",
        };
        document.AddComponent("key", new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A key of Settings, API keys." });
        document.AddComponent("org", new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = ApiAccess.OrgHeader, Description = "The organization's name in addresses." });
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", document)] = [], [new OpenApiSecuritySchemeReference("org", document)] = [] }];
        return document;
    }

    private static async Task AddErrorsAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<Anonymous>().Any())
            operation.Security = [];
        var responses = operation.Responses ??= [];
        var error = await SchemaAsync<ErrorBody>(context, cancellation);
        foreach (var status in _errors.Where(status => operation.RequestBody is not null || status is not (400 or 411 or 413 or 415)))
            responses.TryAdd(status.ToString(CultureInfo.InvariantCulture), Answer(ReasonPhrases.GetReasonPhrase(status), error));
        var tooMany = Answer("Too many requests: pass again after so long", await SchemaAsync<TooManyBody>(context, cancellation));
        tooMany.Headers = new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = new OpenApiHeader { Description = "Whole seconds.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer } } };
        responses.TryAdd("429", tooMany);
        if (operation.RequestBody is not null && HttpMethods.IsPost(context.Description.HttpMethod ?? "") && !context.Description.ActionDescriptor.EndpointMetadata.OfType<CountsItself>().Any())
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = Idempotency.Header,
                In = ParameterLocation.Header,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 255 },
                Description = "The same call again with the same key does nothing and gets the same answer.",
            });
        }
    }

    private static OpenApiResponse Answer(string description, IOpenApiSchema schema) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = schema } },
    };

    private static async Task<OpenApiSchemaReference> SchemaAsync<T>(OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(T), null, cancellation);
        context.Document!.AddComponent(typeof(T).Name, schema);
        return new OpenApiSchemaReference(typeof(T).Name, context.Document);
    }

    /// <summary>That a text is one, which our converter hides from the exporter, and the words that it may be, which a service checks.</summary>
    private static OpenApiSchema Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        if (context.JsonTypeInfo.ElementType == typeof(string))
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.String };
        else if (context.JsonTypeInfo.Type == typeof(string))
            schema.Type = JsonSchemaType.String | (context.JsonPropertyInfo?.IsGetNullable is true ? JsonSchemaType.Null : 0);
        var attributes = context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(false)
            ?? (context.ParameterDescription?.ParameterDescriptor as IParameterInfoParameterDescriptor)?.ParameterInfo.GetCustomAttributes(false);
        if (attributes?.OfType<AllowedValuesAttribute>().FirstOrDefault() is { } allowed)
            schema.Enum = [.. allowed.Values.OfType<string>().Select(value => (JsonNode)JsonValue.Create(value)!)];
        if (context.JsonTypeInfo.Type == typeof(string))
        {
            schema.MaxLength = attributes?.OfType<MaxLengthAttribute>().FirstOrDefault()?.Length ?? schema.MaxLength;
            schema.Pattern = attributes?.OfType<RegularExpressionAttribute>().FirstOrDefault()?.Pattern ?? schema.Pattern;
        }
        return schema;
    }
}
