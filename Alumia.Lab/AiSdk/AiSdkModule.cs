namespace Alumia.Lab.AiSdk;

public static class AiSdkModule
{
    public static WebApplicationBuilder AddAiSdk(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<AiSdkOptions>(builder.Configuration.GetSection("Chat"));
        builder.Services.AddSingleton<QueueWatch>();
        builder.Services.AddSingleton<ApprovalDoor>();
        builder.Services.AddSingleton<ChatDoor>();
        builder.Services.AddSingleton<PartStream>();
        return builder;
    }
}
